# Writes a C++ file with a text file's bytes: cmake -DINPUT= -DOUTPUT= -DDECLARED_IN= -DNAMESPACE= -DNAME= -P
file(READ ${INPUT} bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
file(WRITE ${OUTPUT} "#include \"${DECLARED_IN}\"\n\nnamespace {\nconstexpr char kBytes[] = {${bytes}};\n}\n"
  "const std::string_view ${NAMESPACE}::${NAME}(kBytes, sizeof kBytes);\n")
