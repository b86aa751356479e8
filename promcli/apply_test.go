package promcli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promcli"
)

// applied is the JSON of apply.
type applied struct {
	Done []prom.Step
	Left []struct {
		prom.Step
		Why string
	}
}

func applyJSON(t *testing.T, repos []prom.AnyRepo, code int, args ...string) (a applied, err string) {
	t.Helper()
	is := is.New(t)
	r := run(t, repos, append([]string{"apply", "--json", "--yes"}, args...)...)
	if r.code != code {
		t.Fatal(r)
	}
	is.NoErr(json.Unmarshal([]byte(r.out), &a))
	return a, r.err
}

// Ensure that apply runs the steps of the allowed risks, tells what is left, and that the same command goes on.
func TestApply(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db, repos := oldShop(t, e)
		r := run(t, repos, "apply")
		is.Equal(r.code, promcli.CodeUsage) // nobody is there to ask
		is.True(strings.Contains(r.err, "--yes"))
		is.True(strings.Contains(r.out, "add column book.height"))
		is.Equal(run(t, repos, "apply", "--allow", "harmless").code, promcli.CodeUsage)
		before := planOf(t, repos)

		r = run(t, repos, "apply", "--yes")
		is.Equal(r.code, promcli.CodeDone)
		for _, s := range before.Steps {
			title := string(s.Kind) + " " + strings.TrimSuffix(s.Table+"."+s.Name, ".")
			if done := s.Risk == prom.Additive; strings.Contains(r.err, ": "+title+" (") != done ||
				strings.Contains(r.out, "left: "+title+" ["+s.Risk.String()+"]: its risk is not allowed: --allow "+s.Risk.String()) == done {
				t.Errorf("%s is not told right in\n%s\n%s", title, r.err, r.out)
			}
		}
		a, _ := applyJSON(t, repos, promcli.CodeDone)
		is.Equal(a.Done, []prom.Step{})
		is.Equal(len(a.Left), len(planOf(t, repos).Steps))

		a, _ = applyJSON(t, repos, promcli.CodeDone, "--allow", "locking,rewriting")
		is.True(len(a.Done) > 0)
		is.Equal(len(a.Left), 0)
		is.Equal(planOf(t, repos).Steps, []prom.Step{})
		is.Equal(number(t, db, "SELECT count(*) FROM book"), 3)
		is.Equal(run(t, repos, "check").code, promcli.CodeDone)
		is.Equal(run(t, repos, "apply").code, promcli.CodeDone) // there is nothing to ask about
	})
}

// Ensure that a step which rows violate fails alone, and that the others are told as done.
func TestApplyRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db, repos := oldShop(t, e)
		sqlExec(t, db, "UPDATE book SET title = NULL WHERE pages = 0")
		a, failure := applyJSON(t, repos, promcli.CodeFailed, "--allow", "additive,locking,rewriting")
		is.True(len(a.Done) >= 4)
		is.Equal(len(a.Left), 1)
		is.True(strings.Contains(a.Left[0].Why, "1 existing rows or values violate it"))
		is.Equal(strings.Count(a.Left[0].Why, "apply"), 1)
		is.True(strings.Contains(failure, `"code":1`))
		is.True(strings.Contains(failure, "violate it"))
		sqlExec(t, db, "UPDATE book SET title = 'Untitled' WHERE title IS NULL")
		a, _ = applyJSON(t, repos, promcli.CodeDone, "--allow", "additive,locking,rewriting")
		is.Equal(len(a.Done), 1)
		is.Equal(planOf(t, repos).Steps, []prom.Step{})
	})
}

// hold keeps others from changing the table book until it is released.
func hold(t *testing.T, db *prom.DB, e dbtest.Engine) (release func()) {
	t.Helper()
	is := is.New(t)
	held, free, ended := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		ended <- db.Tx(context.WithoutCancel(t.Context()), func(ctx context.Context) error {
			if _, err := prom.RawExec(ctx, db, "UPDATE book SET pages = pages"); err != nil {
				return err
			}
			close(held)
			<-free
			return nil
		})
	}()
	select {
	case <-held:
	case err := <-ended:
		t.Fatal(err)
	}
	return func() { close(free); is.NoErr(<-ended) }
}

// writer keeps what is written, and calls a function once a text was.
type writer struct {
	bytes.Buffer
	until string
	then  func()
}

func (w *writer) Write(p []byte) (int, error) {
	n, err := w.Buffer.Write(p)
	if strings.Contains(w.String(), w.until) {
		w.then()
	}
	return n, err
}

// Ensure that an interrupt ends apply with nothing half done, and that it goes on later.
func TestApplyInterrupted(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		_, repos := oldShop(t, e)
		before := planOf(t, repos)
		release := hold(t, open(t, e.DSN), e)
		ctx, interrupt := context.WithCancel(t.Context())
		defer interrupt()
		var out bytes.Buffer
		errs := writer{until: "… 1 of ", then: interrupt} // when it waits
		code := promcli.Run(ctx, promcli.Streams{Out: &out, Err: &errs},
			[]string{"apply", "--yes", "--allow", "additive,locking,rewriting"}, repos...)
		is.Equal(code, promcli.CodeInterrupted)
		is.True(strings.Contains(errs.String(), "run it again to go on"))
		is.Equal(planOf(t, repos).Steps, before.Steps)
		release()
		applyJSON(t, repos, promcli.CodeDone, "--allow", "additive,locking,rewriting")
		is.Equal(planOf(t, repos).Steps, []prom.Step{})
	})
}

// Ensure that the build of an index tells its phase, and that an interrupt of it leaves none that is half built.
func TestApplyIndexPhase(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	e := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
	_, repos := oldShop(t, e)
	applyJSON(t, repos, promcli.CodeDone, "--allow", "additive,locking,rewriting")
	db := open(t, e.DSN)
	sqlExec(t, db, "DROP INDEX book_listed")
	release := hold(t, db, e)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	var out bytes.Buffer
	errs := writer{until: "s, waiting for writers before build", then: interrupt}
	is.Equal(promcli.Run(ctx, promcli.Streams{Out: &out, Err: &errs}, []string{"apply", "--yes"}, repos...), promcli.CodeInterrupted)
	is.True(strings.Contains(errs.String(), "1 of 1: create index book.book_listed (about 3 rows"))
	release()
	a, _ := applyJSON(t, repos, promcli.CodeDone)
	is.Equal(len(a.Done), 1)
	is.Equal(number(t, db, "SELECT count(*) FROM pg_index WHERE indrelid = 'book'::regclass AND NOT indisvalid"), 0)
	is.Equal(run(t, repos, "check").code, promcli.CodeDone)
}
