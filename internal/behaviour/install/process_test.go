package install_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// A chain of references with indexes, as it is at first and with more columns.
type (
	landV1 struct {
		prom.Model
		Name string `prom:"unique"`
	}
	cityV1 struct {
		prom.Model
		Name string `prom:"index"`
		Land prom.Ref[landV1]
	}
	streetV1 struct {
		prom.Model
		Name string `prom:"index"`
		City prom.Ref[cityV1]
	}

	landV2 struct {
		prom.Model
		Name string  `prom:"unique"`
		Code *string `prom:"unique"`
	}
	cityV2 struct {
		prom.Model
		Name   string `prom:"index"`
		Land   prom.Ref[landV2]
		People int `prom:"default=7,index"`
	}
	streetV2 struct {
		prom.Model
		Name string `prom:"index"`
		City prom.Ref[cityV2]
		Note *string
		Zip  string `prom:"default=none,index"`
	}
)

func (landV1) TableName() string { return "land" }

func (landV2) TableName() string { return "land" }

func (cityV1) TableName() string { return "city" }

func (cityV2) TableName() string { return "city" }

func (streetV1) TableName() string { return "street" }

func (streetV2) TableName() string { return "street" }

// chain returns two functions that insert a row into each table of the chain, as it is at first and as it is later. Its
// repos are made before they are used, as those in package variables are.
func chain(db *prom.DB) (v1, v2 func(ctx context.Context, name string) error) {
	lands1, cities1, streets1 := prom.NewRepo[landV1](prom.Using(db)), prom.NewRepo[cityV1](prom.Using(db)), prom.NewRepo[streetV1](prom.Using(db))
	lands2, cities2, streets2 := prom.NewRepo[landV2](prom.Using(db)), prom.NewRepo[cityV2](prom.Using(db)), prom.NewRepo[streetV2](prom.Using(db))
	v1 = func(ctx context.Context, name string) error {
		land := landV1{Name: name}
		if err := lands1.Create(ctx, &land); err != nil {
			return err
		}
		city := cityV1{Name: name, Land: prom.NewRef[landV1](land.ID)}
		if err := cities1.Create(ctx, &city); err != nil {
			return err
		}
		return streets1.Create(ctx, &streetV1{Name: name, City: prom.NewRef[cityV1](city.ID)})
	}
	v2 = func(ctx context.Context, name string) error {
		land := landV2{Name: name, Code: &name}
		if err := lands2.Create(ctx, &land); err != nil {
			return err
		}
		city := cityV2{Name: name, Land: prom.NewRef[landV2](land.ID), People: 1}
		if err := cities2.Create(ctx, &city); err != nil {
			return err
		}
		return streets2.Create(ctx, &streetV2{Name: name, City: prom.NewRef[cityV2](city.ID)})
	}
	return v1, v2
}

const processes = 16

// Ensure that any number of processes may hit an empty database at the same moment, and then one that lacks columns,
// half of them inside transactions: none of them sees an error, and all rows are there. parity: A17 B2 B3 B4 suite: 5
func TestInstallFromManyProcesses(t *testing.T) {
	if dbtest.IsChild() {
		installChild(t)
		return
	}
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		dsns := make([]string, dbtest.Size(6, 100))
		for i := range dsns {
			if dsns[i] = dbtest.SQLite(t); e.Name == dbtest.NamePostgres {
				dsns[i] = dbtest.Postgres(t)
			}
		}
		children := make([]*child, processes)
		for i := range children {
			children[i] = startChild(t, "TestInstallFromManyProcesses", "CHILD_NO="+strconv.Itoa(i),
				"CHILD_DSNS="+strings.Join(dsns, "\n"))
		}
		for _, c := range children {
			c.expect(t, "ready")
		}
		for round, dsn := range dsns {
			db := kit.Open(t, dsn)
			for _, phase := range []string{"v1", "v2"} {
				for _, c := range children {
					c.tell(t, phase)
				}
				for _, c := range children {
					c.expect(t, "done")
				}
				checkChain(t, db, phase, round)
			}
			if err := db.Close(); err != nil { // the server has no connections for all rounds at once
				t.Error(err)
			}
		}
		for _, c := range children {
			c.end(t)
		}
		dbtest.Reportf(t, 5, "%d processes × %d empty databases, and × %d that lack columns: 0 errors, all rows", processes,
			len(dsns), len(dsns))
	})
}

// checkChain makes sure that every process has written its rows, and that the indexes are there.
func checkChain(t *testing.T, db *prom.DB, phase string, round int) {
	t.Helper()
	is := is.New(t)
	rows, indexes := processes, 3
	if phase == "v2" {
		rows, indexes = 2*processes, 6
	}
	for _, table := range []string{"land", "city", "street"} {
		if n := kit.ScanOne[int](t, db, `SELECT count(*) FROM "`+table+`"`); n != rows {
			t.Errorf("round %d, %s: %d rows in %s, want %d", round, phase, n, table, rows)
		}
	}
	query := `SELECT count(*) FROM pg_indexes WHERE schemaname = current_schema() AND indexname NOT LIKE '%_pkey'`
	if db.Dialect().Name() == dbtest.NameSQLite {
		query = `SELECT count(*) FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL`
	}
	is.Equal(kit.ScanOne[int](t, db, query), indexes)
	is.Equal(kit.TablesOf(t, db), []string{"city", "land", "street"})
}

// installChild is the body of one process: for each database it waits for the word and writes.
func installChild(t *testing.T) {
	no, _ := strconv.Atoi(os.Getenv("CHILD_NO"))
	in := bufio.NewScanner(os.Stdin)
	fmt.Println("ready")
	for round, dsn := range strings.Split(os.Getenv("CHILD_DSNS"), "\n") {
		db := kit.Open(t, dsn)
		v1, v2 := chain(db)
		for _, write := range []func(context.Context, string) error{v1, v2} {
			if !in.Scan() {
				t.Fatal("nobody gave the word")
			}
			name := fmt.Sprintf("%d %s", no, in.Text())
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			situation := kit.Situations[0]
			if no%2 == 1 {
				situation = kit.Situations[1+no%4/2]
			}
			err := situation.In(ctx, db, func(ctx context.Context) error { return write(ctx, name) })
			cancel()
			if err != nil {
				fmt.Printf("process %d (%s), round %d: %v\n", no, situation.Name, round, err)
				continue
			}
			fmt.Println("done")
		}
		if err := db.Close(); err != nil {
			fmt.Printf("process %d, round %d: %v\n", no, round, err)
		}
	}
}

// child is a process of the test's own, which is told and tells by lines.
type child struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func startChild(t *testing.T, test string, env ...string) *child {
	t.Helper()
	c := &child{cmd: dbtest.Child(t, test, env...)}
	c.cmd.Stderr = os.Stderr
	in, inErr := c.cmd.StdinPipe()
	out, outErr := c.cmd.StdoutPipe()
	if err := errors.Join(inErr, outErr, c.cmd.Start()); err != nil {
		t.Fatal(err)
	}
	c.in, c.out = in, bufio.NewScanner(out)
	return c
}

func (c *child) tell(t *testing.T, line string) {
	t.Helper()
	if _, err := io.WriteString(c.in, line+"\n"); err != nil {
		t.Fatal(err)
	}
}

func (c *child) expect(t *testing.T, line string) {
	t.Helper()
	if !c.out.Scan() {
		t.Fatalf("the process ended: %v", c.out.Err())
	}
	if got := c.out.Text(); got != line {
		t.Errorf("a process says: %s", got)
	}
}

// end waits for the process, which has nothing more to do.
func (c *child) end(t *testing.T) {
	t.Helper()
	for c.out.Scan() {
	}
	if err := c.cmd.Wait(); err != nil {
		t.Errorf("a process ended: %v", err)
	}
}
