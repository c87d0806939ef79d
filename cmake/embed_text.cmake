# Writes a C++ file with the bytes of text files, one after the other: cmake -DINPUT= -DOUTPUT= -DDECLARED_IN= -DNAMESPACE= -DNAME= -P
set(bytes "")
foreach(file ${INPUT})
  file(READ ${file} more HEX)
  string(APPEND bytes "${more}")
endforeach()
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
file(WRITE ${OUTPUT} "#include \"${DECLARED_IN}\"\n\nnamespace {\nconstexpr char kBytes[] = {${bytes}};\n}\n"
  "const std::string_view ${NAMESPACE}::${NAME}(kBytes, sizeof kBytes);\n")
