package promcli_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promcli"
)

// moveBinary runs the commands of docs/guide/sqlite-to-postgres.md in their order, from a file to a server: those of
// the rehearsal beside a service that writes, and the others while it only reads.
func moveBinary(t *testing.T, p program) {
	t.Parallel()
	is := is.New(t)
	page, err := os.ReadFile("../docs/guide/sqlite-to-postgres.md")
	is.NoErr(err)
	rehearse, rest, found := strings.Cut(string(page), "\n## With minutes of read-only time\n")
	is.True(found)
	minutes, _, found := strings.Cut(rest, "\n## With seconds")
	is.True(found)

	folder := t.TempDir()
	is.NoErr(os.Symlink(string(p), filepath.Join(folder, "prom")))
	service := dbtest.Engine{DSN: dbtest.SQLite(t)}
	env := map[string]string{"OLD": service.DSN, "NEW": dbtest.Postgres(t), "REHEARSAL": dbtest.Postgres(t),
		"PATH": folder + string(os.PathListSeparator) + os.Getenv("PATH")}
	sh := func(text string, want int) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "/bin/sh", "-e", "-c", commandsIn(text))
		cmd.Dir, cmd.Env = folder, os.Environ()
		for name, value := range env {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
		out, err := cmd.CombinedOutput()
		if err != nil || strings.Count(commandsIn(text), "\n") != want {
			t.Fatalf("%s\n%v\n%s", commandsIn(text), err, out)
		}
	}

	r := finish(t, p.command(t, service.DSN, nil, "seed", "--rows", "30"))
	is.Equal(r.code, promcli.CodeDone)
	db := open(t, service.DSN)
	_, err = prom.RawExec(t.Context(), db, "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
	is.NoErr(err)
	var stop atomic.Bool
	ended := make(chan int)
	go func() { // the service writes
		n := 0
		for ; !stop.Load() && t.Context().Err() == nil; time.Sleep(time.Millisecond) {
			if _, err := prom.RawExec(t.Context(), db, "UPDATE author SET name = name || '.' WHERE _id = 1"); err == nil {
				n++
			}
		}
		ended <- n
	}()
	sh(rehearse, 4)
	stop.Store(true)
	is.True(<-ended > 0)
	is.Equal(number(t, open(t, env["REHEARSAL"]), "SELECT count(*) FROM book"), 30)

	// The service reads on, and says that it does not write.
	_, err = prom.RawExec(t.Context(), open(t, service.With("readonly=true")), "UPDATE author SET name = 'x'")
	is.True(errors.Is(err, prom.ErrReadOnly))
	sh(minutes, 2)
	to := open(t, env["NEW"])
	for _, sql := range []string{"SELECT count(*) FROM book", "SELECT length(name) FROM author WHERE _id = 1",
		"SELECT max(_id) FROM author"} {
		is.Equal(number(t, to, sql), number(t, db, sql))
	}
	next, err := prom.RawQuery[int](to,
		"SELECT nextval(pg_get_serial_sequence('author', '_id'))").First(context.Background())
	is.NoErr(err)
	is.Equal(next, number(t, db, "SELECT max(_id) FROM author")+1)
	is.True(!strings.Contains(fmt.Sprint(to.Tables(t.Context())), "note")) // which is not of its models
}

// commandsIn returns the lines of the code of a page that run the command prom.
func commandsIn(text string) string {
	var b strings.Builder
	code := false
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "```") {
			code = !code
			continue
		}
		with := strings.HasPrefix(line, "PROM_DSN=") && strings.Contains(line, " prom ")
		if code && (strings.HasPrefix(line, "prom ") || with) {
			b.WriteString(line)
		}
	}
	return b.String()
}
