#include "cli/command_line.h"

int main(int argc, char** argv) { return understudy::cli::run(argc, argv); }
