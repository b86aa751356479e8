package dbtest

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"
)

func TestMain(m *testing.M) {
	os.Unsetenv(envCounts) // the figures are of the library's behaviour; these tests are of their own tool
	Main(m)
}

// Ensure a goroutine that a test leaves behind fails the run, though every test passed.
func TestMainReportsLeaks(t *testing.T) {
	t.Parallel()
	if IsChild() {
		go func() { select {} }()
		return
	}
	is := is.New(t)
	cmd := Child(t, t.Name())
	out, err := cmd.CombinedOutput()
	is.True(err != nil)
	is.Equal(cmd.ProcessState.ExitCode(), 1)
	is.True(strings.Contains(string(out), "dbtest: goleak: found unexpected goroutines"))
}

// Ensure the exit code of a failed run is kept, and its leaks are not reported on top: the goroutines of the tests that
// run beside this one would be.
func TestMainKeepsFailure(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var errs bytes.Buffer
	is.Equal(report(2, io.Discard, &errs), 2)
	is.Equal(errs.String(), "")
}

func TestTally(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var c tally
	is.Equal(c.String(), "")
	c.add(NameSQLite)
	c.add(NameSQLite)
	c.add(NamePostgres)
	is.Equal(c.String(), "dbtest: 2 tests on sqlite, 1 on postgres")

	path := filepath.Join(t.TempDir(), "counts")
	is.NoErr(appendLine("", "nowhere"))
	is.NoErr(appendLine(path, "one"))
	is.NoErr(appendLine(path, "two"))
	b, err := os.ReadFile(path)
	is.NoErr(err)
	is.Equal(string(b), "one\ntwo\n")
}

// Ensure a child runs one test, sees what it is given, and shares the server of its parent.
func TestChild(t *testing.T) {
	t.Parallel()
	if IsChild() {
		if err := execSQL(os.Getenv("CHILD_DSN"), "INSERT INTO note VALUES ('from the child')"); err != nil {
			t.Fatal(err)
		}
		if base, err := serverDSN(); err != nil || shared.srv != nil || base != os.Getenv(EnvPostgres) {
			t.Fatalf("a server of its own: %v, %v", base, err)
		}
		return
	}
	is := is.New(t)
	dsn := Postgres(t)
	is.NoErr(execSQL(dsn, "CREATE TABLE note (text text)"))
	out, err := Child(t, t.Name(), "CHILD_DSN="+dsn).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	is.Equal(queryText(t, dsn, "SELECT text FROM note"), "from the child")
}

// Ensure a child that still runs when its test ends is killed.
func TestChildIsKilled(t *testing.T) {
	t.Parallel()
	if IsChild() {
		select {}
	}
	is := is.New(t)
	var cmd *exec.Cmd
	t.Run("test", func(t *testing.T) {
		cmd = Child(t, "TestChildIsKilled")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
	})
	is.True(cmd.Wait() != nil)
	is.Equal(cmd.ProcessState.ExitCode(), -1) // by a signal
}

func TestExactly(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	is.Equal(exactly("TestA"), "^TestA$")
	is.Equal(exactly("TestA/a+b"), `^TestA$/^a\+b$`)
}
