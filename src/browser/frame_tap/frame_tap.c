/* Preloaded into Debian's Chromium, which links libjpeg dynamically: the rows that it would encode
 * for a JPEG screenshot go into shared memory as they are, and the "JPEG" is a stub that tells the
 * number of the frame. Only the process that was given that memory is tapped, and only for pictures
 * of four bytes a pixel that fit; every other picture is encoded as ever.
 * Interface: libjpeg 6.2 (jpeglib.h). */
#include <dlfcn.h>
#include <stdio.h> /* before jpeglib.h, which needs FILE */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <jpeglib.h>

#include "browser/frame_tap/frame_tap.h"

static struct FrameTapHead* memory; /* null: nothing is tapped in this process */
static size_t memory_size;
static __thread j_compress_ptr tapped; /* the picture that this thread hands over */

__attribute__((constructor)) static void open_memory(void) {
  const char* text = getenv(UNDERSTUDY_FRAME_TAP_VARIABLE);
  int descriptor = -1;
  unsigned long inode = 0;
  struct stat facts;
  if (text == NULL || sscanf(text, "%d %lu", &descriptor, &inode) != 2) return;
  /* The browser's children inherit the variable and not the descriptor, whose number is then some
   * other file's. */
  if (fstat(descriptor, &facts) != 0 || facts.st_ino != inode || facts.st_size <= kFrameTapPixels) {
    return;
  }
  void* mapped = mmap(NULL, (size_t)facts.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (mapped == MAP_FAILED) return;
  memory_size = (size_t)facts.st_size;
  memory = mapped;
  if (memory->magic != kFrameTapMagic) memory = NULL;
}

static int can_tap(j_compress_ptr picture) {
  const size_t size = (size_t)picture->image_width * picture->image_height * 4;
  return memory != NULL && picture->input_components == 4 && picture->image_height > 0 &&
         size / picture->image_height / 4 == picture->image_width &&
         size <= memory_size - kFrameTapPixels;
}

static void* real(const char* name) {
  void* found = dlsym(RTLD_NEXT, name);
  if (found == NULL) abort();
  return found;
}

void jpeg_start_compress(j_compress_ptr picture, boolean writes_tables) {
  if (!can_tap(picture)) {
    ((void (*)(j_compress_ptr, boolean))real("jpeg_start_compress"))(picture, writes_tables);
    return;
  }
  tapped = picture;
  picture->next_scanline = 0;
  picture->dest->init_destination(picture);
}

void jpeg_write_marker(j_compress_ptr picture, int marker, const JOCTET* data, unsigned size) {
  if (picture == tapped) return;
  ((void (*)(j_compress_ptr, int, const JOCTET*, unsigned))real("jpeg_write_marker"))(
      picture, marker, data, size);
}

JDIMENSION jpeg_write_scanlines(j_compress_ptr picture, JSAMPARRAY rows, JDIMENSION count) {
  if (picture != tapped) {
    return ((JDIMENSION(*)(j_compress_ptr, JSAMPARRAY, JDIMENSION))real("jpeg_write_scanlines"))(
        picture, rows, count);
  }
  const size_t stride = (size_t)picture->image_width * 4;
  unsigned char* pixels = (unsigned char*)memory + kFrameTapPixels;
  for (JDIMENSION i = 0; i < count && picture->next_scanline < picture->image_height; ++i) {
    memcpy(pixels + picture->next_scanline * stride, rows[i], stride);
    ++picture->next_scanline;
  }
  return count;
}

void jpeg_finish_compress(j_compress_ptr picture) {
  if (picture != tapped) {
    ((void (*)(j_compress_ptr))real("jpeg_finish_compress"))(picture);
    return;
  }
  tapped = NULL;
  memory->width = picture->image_width;
  memory->height = picture->next_scanline;
  memory->colours = (uint32_t)picture->in_color_space;
  ++memory->number;
  char stub[64];
  const int size = snprintf(stub, sizeof stub, UNDERSTUDY_FRAME_TAP_WORD " %u", memory->number);
  struct jpeg_destination_mgr* target = picture->dest;
  if (target->free_in_buffer >= (size_t)size) {
    memcpy(target->next_output_byte, stub, (size_t)size);
    target->next_output_byte += size;
    target->free_in_buffer -= (size_t)size;
  }
  target->term_destination(picture);
}
