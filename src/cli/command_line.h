// The command line: one subcommand per thing a person does. main() is one call of run().
#pragma once

namespace understudy::cli {

// Returns the exit status: 0 done, 1 failed (or found broken), 2 could not run.
int run(int argc, char** argv);

}  // namespace understudy::cli
