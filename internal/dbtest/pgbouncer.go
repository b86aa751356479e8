package dbtest

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prom-go/prom/internal/dbtest/servers"
)

// maxPrepared is PgBouncer's setting max_prepared_statements, as its manual suggests.
const maxPrepared = 200

// watchBouncer runs PgBouncer until standard input ends, as it does with the process of the tests. One that outlived
// its server would fill the disk with its log. Arguments: the program, its configuration, the folder to remove.
const watchBouncer = `exec 3<&0 </dev/null
"$1" "$2" 3<&- &
cat <&3 >/dev/null
kill -KILL $!
rm -rf "$3"`

// Bouncers returns the PgBouncers that are there, by version. Where there is none, the test of that row is left out.
func Bouncers(tb testing.TB, row int) []servers.Bouncer {
	tb.Helper()
	found := servers.Bouncers(tb.Context())
	if len(found) == 0 {
		LeaveOut(tb, row, "no PgBouncer: install it (Debian: apt-get install pgbouncer)")
	}
	return found
}

// PgBouncer starts PgBouncer before the database of e, until the test ends, and returns e with a DSN that leads through
// it: transactions of all clients share as many sessions as pool says. A version that has the setting
// max_prepared_statements gets it. The sessions have more parameters, as in "lock_timeout=3s".
func PgBouncer(tb testing.TB, b servers.Bouncer, e Engine, pool int, params ...string) Engine {
	tb.Helper()
	u, err := url.Parse(e.DSN)
	if err != nil {
		tb.Fatal(err)
	}
	dir, attr, err := serverDir() // it refuses to run as root, too
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	port, err := freePort()
	if err != nil {
		tb.Fatal(err)
	}
	ini := filepath.Join(dir, "pgbouncer.ini")
	if err := os.WriteFile(ini, []byte(bouncerConfig(u, port, pool, b.Prepares(), params)), 0o644); err != nil {
		tb.Fatal(err)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		tb.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command("/bin/sh", "-c", watchBouncer, "dbtest", b.Path, ini, dir)
	if _, err := cmd.StdinPipe(); err != nil {
		tb.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = log, log, attr
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { killGroup(cmd.Process); _ = cmd.Wait() })
	through := *u
	through.Host = fmt.Sprintf("127.0.0.1:%d", port)
	through.RawQuery = "sslmode=disable"
	for end := time.Now().Add(startTimeout); ; time.Sleep(10 * time.Millisecond) {
		if err = execSQL(through.String(), "SELECT 1"); err == nil {
			break
		}
		if time.Now().After(end) {
			text, _ := os.ReadFile(log.Name())
			tb.Fatalf("dbtest: PgBouncer does not answer: %v; its log:\n%s", err, text)
		}
	}
	e.DSN = through.String()
	return e
}

// bouncerConfig is a configuration with transaction mode. The path in which the sessions look for tables is set by
// PgBouncer, which does not pass such parameters on.
func bouncerConfig(u *url.URL, port, pool int, prepares bool, params []string) string {
	quoted := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
	host, serverPort, err := net.SplitHostPort(u.Host)
	if err != nil {
		host, serverPort = u.Host, "5432"
	}
	password, _ := u.User.Password()
	server := "host=" + quoted(host) + " port=" + serverPort + " dbname=" + quoted(strings.TrimPrefix(u.Path, "/")) +
		" user=" + quoted(u.User.Username())
	if password != "" {
		server += " password=" + quoted(password)
	}
	set := ""
	if path := u.Query().Get("search_path"); path != "" {
		set = "SET search_path TO " + path + ";"
	}
	for _, p := range params {
		name, value, _ := strings.Cut(p, "=")
		set += "SET " + name + " TO " + quoted(value) + ";"
	}
	if set != "" {
		server += " connect_query=" + quoted(set)
	}
	prepared := ""
	if prepares {
		prepared = "max_prepared_statements = " + strconv.Itoa(maxPrepared) + "\n"
	}
	return "[databases]\n* = " + server + "\n[pgbouncer]\n" +
		"listen_addr = 127.0.0.1\nlisten_port = " + strconv.Itoa(port) + "\nunix_socket_dir =\nauth_type = any\n" +
		"pool_mode = transaction\ndefault_pool_size = " + strconv.Itoa(pool) + "\nmax_client_conn = 200\n" +
		"server_tls_sslmode = prefer\nserver_login_retry = 0.2\n" + prepared
}
