/* What frame_tap.c and frame_memory.cpp share: the head of the memory that frames are handed over
 * in, which the pixels follow at kFrameTapPixels. Rows are packed, four bytes a pixel. */
#pragma once

#include <stdint.h>

#define UNDERSTUDY_FRAME_TAP_VARIABLE "UNDERSTUDY_FRAME_TAP" /* "descriptor inode" */
#define UNDERSTUDY_FRAME_TAP_WORD "understudy-frame"         /* the stub: this, a blank, the number */

enum { kFrameTapPixels = 4096, kFrameTapMagic = 0x46545031 };

struct FrameTapHead {
  uint32_t magic;
  uint32_t number; /* of the frame, counted up */
  uint32_t width;
  uint32_t height;
  uint32_t colours; /* J_COLOR_SPACE of the rows */
};
