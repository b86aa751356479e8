package dbtest

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

const envChild = "PROM_TEST_CHILD"

// Child returns a command that runs one test of this binary as a process of its own, with env ("KEY=value") added to
// the environment. A test commonly runs itself:
//
//	func TestKilled(t *testing.T) {
//		if dbtest.IsChild() {
//			write(os.Getenv("DSN"))
//			return
//		}
//		cmd := dbtest.Child(t, t.Name(), "DSN="+dbtest.Postgres(t))
//		…
//	}
//
// The child gets its databases by env. If it calls [Postgres] itself it uses this process's server, if one runs by now;
// env may say otherwise: [EnvPostgres] with an empty value makes it start its own.
//
// The caller starts the command and waits for it. One that still runs when the test ends is killed. The testing package
// writes "PASS" or the failure to the child's standard output, after what the child wrote.
func Child(tb testing.TB, testName string, env ...string) *exec.Cmd {
	tb.Helper()
	exe, err := os.Executable() // os.Args[0] may be relative, and the test may have changed its folder
	if err != nil {
		tb.Fatalf("dbtest: child: %v", err)
	}
	cmd := exec.CommandContext(tb.Context(), exe, "-test.run="+exactly(testName), "-test.count=1")
	cmd.Env = append(os.Environ(), envChild+"="+testName, envCounts+"=", envReport+"=")
	if dsn := runningDSN(); dsn != "" {
		cmd.Env = append(cmd.Env, EnvPostgres+"="+dsn)
	}
	cmd.Env = append(cmd.Env, env...)
	return cmd
}

// IsChild reports whether this process was started by [Child].
func IsChild() bool { return os.Getenv(envChild) != "" }

// exactly returns the pattern for -test.run that matches one test: the flag is split at slashes, then matched level by
// level.
func exactly(testName string) string {
	parts := strings.Split(testName, "/")
	for i, p := range parts {
		parts[i] = "^" + regexp.QuoteMeta(p) + "$"
	}
	return strings.Join(parts, "/")
}
