package dbtest

import (
	"os"
	"os/exec"
)

// GoFlags is the GOFLAGS of programs that are compiled as their users do.
const GoFlags = "-buildvcs=false"

// Go returns a command of go that compiles programs as their users do: without the flags that tests are compiled with,
// such as those of the race detector. What it compiles serves the tests of nested modules as well. The compiler may
// take more memory, see the Makefile. The test that runs it says how long it may take.
func Go(args ...string) *exec.Cmd {
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "GOFLAGS="+GoFlags, "GOGC=400")
	return cmd
}
