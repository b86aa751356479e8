package db

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
)

// role makes a role with the attributes given, and returns the DSN with which it logs in.
func role(t *testing.T, e dbtest.Engine, attributes string) (name, dsn string) {
	t.Helper()
	admin := connect(t, e.DSN)
	name = "r_" + strings.ToLower(rand.Text()[:12])
	do(limited(t), t, admin, "CREATE ROLE "+name+" "+attributes)
	t.Cleanup(func() { do(context.Background(), t, admin, "DROP OWNED BY "+name, "DROP ROLE "+name) })
	return name, withUser(t, e.DSN, name)
}

func withUser(t *testing.T, dsn, name string) string {
	t.Helper()
	scheme, rest, _ := strings.Cut(dsn, "://")
	_, host, ok := strings.Cut(rest, "@")
	if !ok {
		t.Fatal("the server's DSN names no user")
	}
	return scheme + "://" + name + ":" + secret + "@" + host
}

// Ensure that a login that fails says why, in the kind and in the text, and does not show the password.
// parity: E1 E7, targets row 28
func TestPostgresError_Login(t *testing.T) {
	t.Parallel()
	e := dbtest.Engine{DSN: dbtest.Postgres(t)}
	_, limitedRole := role(t, e, "LOGIN CONNECTION LIMIT 1")
	_, lockedOut := role(t, e, "NOLOGIN")
	other := must(parseDSN(e.DSN))
	for _, test := range []struct {
		name, dsn, code string
		kind            driver.Kind
	}{
		{"no such role", withUser(t, e.DSN, "nobody_here"), "28000", driver.KindPermission},
		{"no right to log in", lockedOut, "28000", driver.KindPermission},
		{"no such database", strings.Replace(e.DSN, "/"+other.Path+"?", "/nothing_here?", 1), "3D000", driver.KindConnection},
		{"too many connections", limitedRole, "53300", driver.KindConnection},
	} {
		t.Run(test.name, func(t *testing.T) {
			is := is.New(t)
			ctx := limited(t)
			db := connect(t, test.dsn)
			if test.code == "53300" {
				is.NoErr(connect(t, test.dsn).Tx(ctx, func(ctx context.Context) error { // holds the one connection
					failure{kind: test.kind, code: test.code, detail: sqlState(test.code)}.checkPostgres(is, db.Ping(ctx))
					return nil
				}))
				return
			}
			err := db.Ping(ctx)
			failure{kind: test.kind, code: test.code, detail: sqlState(test.code)}.checkPostgres(is, err)
			_, err = db.Exec(ctx, &driver.Statement{SQL: "SELECT 1", Op: "read"})
			is.Equal(driver.KindOf(err), test.kind)
			for e := range errorTree(err) {
				is.True(!strings.Contains(e.Error(), secret)) // the password, in the driver's own errors too
			}
		})
	}
}

// Ensure that a server that is not there is an error of the connection, which nothing was sent to.
// parity: E1 R12
func TestPostgresError_NoServer(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	is.NoErr(err)
	address := l.Addr().String()
	is.NoErr(l.Close())
	db := connect(t, "postgres://u:"+secret+"@"+address+"/db?sslmode=disable")
	for _, err := range []error{db.Ping(limited(t)), attempt(limited(t), db, read(db, "SELECT 1"))} {
		is.True(errors.Is(err, driver.KindConnection))
		is.True(driver.IsUnsent(err))
		var driver *pgconn.ConnectError
		is.True(errors.As(err, &driver))
		checkSafe(is, err)
		is.True(strings.Contains(err.Error(),
			": connection failed: "+address+", database db: the connection was refused: no server listens there"))
	}
}

// Ensure that a server that does not answer ends by the context, or by connect_timeout, in time.
// parity: E1
func TestPostgresError_SilentServer(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	l, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	is.NoErr(err)
	defer l.Close()
	silent := "postgres://u:" + secret + "@" + l.Addr().String() + "/db?sslmode=disable&connect_timeout="

	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	err = connect(t, silent+"60s").Ping(ctx)
	is.Equal(driver.KindOf(err), driver.KindTimeout) // of the context, long before connect_timeout would be told
	checkSafe(is, err)

	err = connect(t, silent+"1s").Ping(limited(t))
	// the context has time left: it is the server that cannot be reached
	is.Equal(driver.KindOf(err), driver.KindConnection)
	is.True(driver.IsUnsent(err))
	checkSafe(is, err)
}

// Ensure that a role without rights is told so by the kind.
// parity: E1
// suite: 26
func TestPostgresError_Permission(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	e := dbtest.Engine{DSN: dbtest.Postgres(t)}
	name, dsn := role(t, e, "LOGIN")
	admin := connect(t, e.DSN)
	do(ctx, t, admin, "CREATE TABLE private (id int)", "GRANT USAGE ON SCHEMA "+schemaOf(t, e)+" TO "+name)
	db := connect(t, dsn)
	for sql, detail := range map[string]string{
		"SELECT id FROM private":         "permission denied for table private",
		"INSERT INTO private VALUES (1)": "permission denied for table private",
		"DROP TABLE private":             "must be owner of table private",
		"CREATE TABLE mine (id int)":     "permission denied for schema " + schemaOf(t, e),
		"SET ROLE " + roleName(t, e.DSN): sqlState("42501"), // which tells the role, a user
	} {
		err := attempt(ctx, db, read(db, sql))
		failure{kind: driver.KindPermission, code: "42501", detail: detail}.checkPostgres(is, err)
	}
}

// roleName returns the role that a DSN logs in as.
func roleName(t *testing.T, dsn string) string {
	t.Helper()
	return must(parseDSN(dsn)).User
}

func schemaOf(t *testing.T, e dbtest.Engine) string {
	t.Helper()
	_, after, _ := strings.Cut(e.DSN, "search_path=")
	name, _, _ := strings.Cut(after, "&")
	return name
}
