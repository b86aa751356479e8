package install_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that two versions of a program, real builds of each, work side by side: the old one writes while the new one
// adds columns and indexes, and goes on after that, without an error on either side.
func TestTwoBuilds(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	build := func(version string) string {
		file := filepath.Join(folder, version)
		if out, err := dbtest.Go("build", "-o", file, "./testdata/builds/"+version).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return file
	}
	before, after := build("before"), build("after")
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		if e.Mode == "memory" {
			e.DSN = dbtest.SQLite(t)
		}
		is := is.New(t)
		var commands []*exec.Cmd
		outputs := map[*exec.Cmd]*bytes.Buffer{}
		start := func(file string) {
			cmd := exec.CommandContext(t.Context(), file)
			cmd.Env = append(os.Environ(), "PROM_DSN="+e.DSN)
			outputs[cmd] = &bytes.Buffer{}
			cmd.Stdout, cmd.Stderr = outputs[cmd], outputs[cmd]
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			commands = append(commands, cmd)
		}
		written := 0
		wait := func() {
			for _, cmd := range commands {
				err := cmd.Wait()
				n, numberErr := strconv.Atoi(strings.TrimSpace(outputs[cmd].String()))
				if err != nil || numberErr != nil || n == 0 {
					t.Errorf("%s: %v: %s", filepath.Base(cmd.Path), err, outputs[cmd])
				}
				written += n
			}
			commands = nil
		}
		start(before)
		start(before)
		wait() // the table has rows by now
		for _, file := range []string{before, after, before, after} {
			start(file)
		}
		wait()
		db := kit.Open(t, e.DSN)
		is.Equal(kit.ScanOne[int](t, db, `SELECT count(*) FROM "event"`), written)
		is.Equal(kit.ScanOne[int](t, db, `SELECT count(*) FROM "event" WHERE "name" = 'before' AND "kind" <> 'none'`), 0)
		is.True(kit.ScanOne[int](t, db, `SELECT count(*) FROM "event" WHERE "name" = 'after' AND "kind" = 'k'`) > 0)
		found, err := db.Describe(context.Background(), "event")
		is.NoErr(err)
		is.True(found.Index("event_kinds") != nil && found.Column("note") != nil)
	})
}
