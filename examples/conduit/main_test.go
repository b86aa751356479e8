package main

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// Ensure that the program serves the database of PROM_DSN, or one in memory, and stops when it is told to.
func TestServe(t *testing.T) {
	if dbtest.IsChild() {
		if err := serve([]string{"-addr", "127.0.0.1:0"}, os.Stdout); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Parallel()
	run := func(t *testing.T, dsn string) {
		is := is.New(t)
		cmd := dbtest.Child(t, "TestServe", "PROM_DSN="+dsn)
		pipe, err := cmd.StdoutPipe()
		is.NoErr(err)
		is.NoErr(cmd.Start())
		out := bufio.NewReader(pipe)
		line, err := out.ReadString('\n')
		is.NoErr(err)
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		res, err := client.Get(strings.TrimSpace(strings.TrimPrefix(line, "listening on ")) + "/api/tags")
		is.NoErr(err)
		is.NoErr(res.Body.Close())
		is.Equal(res.StatusCode, http.StatusOK)
		is.NoErr(cmd.Process.Signal(syscall.SIGTERM))
		rest, err := io.ReadAll(out)
		is.NoErr(err)
		is.Equal(string(rest), "PASS\n")
		is.NoErr(cmd.Wait())
	}
	run(t, "")
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) { run(t, e.DSN) })
}
