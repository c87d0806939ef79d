// Build step: writes dlib's face detector as the bytes that dlib's deserialize() takes, as C++
// source. In its header the library keeps it packed so hard that unpacking takes a third of a
// second of every process that looks for a face. Usage: unpack_detector FILE
#include <cstdio>

#include <dlib/image_processing/frontal_face_detector.h>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::FILE* out = std::fopen(argv[1], "w");
  if (out == nullptr) return 1;
  const std::string bytes = dlib::get_serialized_frontal_faces();
  std::fputs(
      "#include \"face/detector_bytes.h\"\n\nnamespace understudy::face {\nnamespace {\n\n"
      "constexpr unsigned char kBytes[] = {",
      out);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    std::fprintf(out, "%s%d,", i % 24 == 0 ? "\n" : "", static_cast<unsigned char>(bytes[i]));
  std::fputs(
      "\n};\n\n}  // namespace\n\nstd::string_view detector_bytes() {\n"
      "  return {reinterpret_cast<const char*>(kBytes), sizeof(kBytes)};\n}\n\n"
      "}  // namespace understudy::face\n",
      out);
  return std::fclose(out) == 0 ? 0 : 1;
}
