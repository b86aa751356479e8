package db

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
)

// closing closes a registry at the end of the test.
func closing(t *testing.T, r *Registry) *Registry {
	t.Helper()
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// Ensure that an unknown name is an error that lists the known ones and says what to do.
// parity: R2 R5
func TestRegistry_Unknown(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	r := &Registry{}
	_, err := r.Get("")
	is.Equal(err.Error(), `prom: the default connection is not known, and no other connection exists: call prom.Open with its DSN`)
	_, err = r.Get("blog")
	is.Equal(err.Error(), `prom: the connection "blog" is not known, and no other connection exists: call prom.Open with its DSN`)
	for _, name := range []string{"#zoo", "", "#ant"} {
		_, err := r.Open("sqlite://:memory:" + name)
		is.NoErr(err)
	}
	_, err = r.Get("blog")
	is.Equal(err.Error(), `prom: the connection "blog" is not known; the known ones are "", "ant", "zoo": call prom.Open with its DSN`)
	is.Equal(r.Names(), []string{"", "ant", "zoo"})
	zoo, err := r.Get("zoo")
	is.NoErr(err)
	is.Equal(zoo.Name(), "zoo")

	unset := &Registry{Prefix: "PROM_TEST_NOT_SET"}
	_, err = unset.Get("")
	is.True(strings.Contains(err.Error(), "set PROM_TEST_NOT_SET, or call prom.Open"))
	_, err = unset.Get("blog")
	is.True(strings.Contains(err.Error(), "set PROM_TEST_NOT_SET or PROM_TEST_NOT_SET_1 to a DSN that ends in #blog"))
}

// Ensure that registering does no I/O, and that a bad DSN is an error that does not show it.
// parity: R3
func TestRegistry_NoIO(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	r := closing(t, &Registry{})
	db, err := r.Open("postgres://u:" + secret + "@127.0.0.1:1/db")
	is.NoErr(err)
	is.True(!db.IsOpen())
	file, err := r.Open("sqlite://" + t.TempDir() + "/below/x.db#file")
	is.NoErr(err)
	is.True(!file.IsOpen())
	_, err = r.Open("nope://" + secret)
	is.True(err != nil)
	is.True(!strings.Contains(err.Error(), secret))
}

// Ensure that the name of an open connection is refused, and that of a closed one is free.
// parity: R4
func TestRegistry_Replace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		r := closing(t, &Registry{})
		first, err := r.Open(e.With("#blog"))
		is.NoErr(err)
		is.NoErr(first.Ping(ctx))
		_, err = r.Open(e.With("#blog"))
		is.Equal(err.Error(), `prom: the connection "blog" is open; close it before another takes its name`)
		is.True(!first.Replaced())
		is.NoErr(first.Close())
		second, err := r.Open(e.With("#blog"))
		is.NoErr(err)
		is.True(second != first)
		is.True(first.Replaced())
		is.True(!second.Replaced())
		got, err := r.Get("blog")
		is.NoErr(err)
		is.True(got == second)
		third, err := r.Open(e.With("#blog")) // never used, so not open
		is.NoErr(err)
		is.True(second.Replaced() && !third.Replaced())
	})
}

// Ensure that the environment is read once, when somebody asks for what nobody has registered, and that what is
// registered by hand stays. parity: D20 D22 D23 D24 D25 R2
func TestRegistry_Environment(t *testing.T) {
	var log bytes.Buffer
	was := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(was) })

	t.Run("names", func(t *testing.T) {
		is := is.New(t)
		t.Setenv("PROM_TEST_A", "sqlite://:memory:")
		t.Setenv("PROM_TEST_A_1", "sqlite://:memory:#blog")
		t.Setenv("PROM_TEST_A_2", "sqlite://:memory:#mine")
		t.Setenv("PROM_TEST_A_9", "sqlite://"+secret+"#gap")
		r := closing(t, &Registry{Prefix: "PROM_TEST_A"})
		mine, err := r.Open("sqlite://:memory:#mine")
		is.NoErr(err)
		got, err := r.Get("mine")
		is.NoErr(err)
		is.True(got == mine)
		is.Equal(r.Names(), []string{"mine"}) // not read yet
		db, err := r.Get("")
		is.NoErr(err)
		is.NoErr(db.Ping(limited(t)))
		is.Equal(r.Names(), []string{"", "blog", "mine"})
		got, err = r.Get("mine")
		is.NoErr(err)
		is.True(got == mine)
		t.Setenv("PROM_TEST_A_3", "sqlite://:memory:#late")
		_, err = r.Get("late")
		is.True(err != nil)
		is.True(strings.Contains(log.String(), "PROM_TEST_A_9"))
		is.True(!strings.Contains(log.String(), secret))
	})
	t.Run("errors", func(t *testing.T) {
		is := is.New(t)
		t.Setenv("PROM_TEST_B", "nope://"+secret)
		r := &Registry{Prefix: "PROM_TEST_B"}
		for range 2 { // it stays an error
			_, err := r.Get("")
			is.True(strings.HasPrefix(err.Error(), "PROM_TEST_B: "))
			is.True(!strings.Contains(err.Error(), secret))
		}
	})
	t.Run("no prefix", func(t *testing.T) {
		is := is.New(t)
		t.Setenv("PROM_DSN", "sqlite://:memory:")
		_, err := new(Registry).Get("")
		is.True(err != nil)
	})
	t.Run("log", func(t *testing.T) {
		is := is.New(t)
		t.Setenv("PROM_TEST_C", "sqlite://:memory:")
		var out bytes.Buffer
		r := closing(t, &Registry{Prefix: "PROM_TEST_C"})
		r.SetOptions(Logger(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))), LogArgs())
		db, err := r.Get("")
		is.NoErr(err)
		is.Equal(count(limited(t), t, db, "SELECT ?", num(42)), int64(42))
		is.True(strings.Contains(out.String(), "SELECT ?"))
		is.True(strings.Contains(out.String(), "args=[42]"))
	})
}

// Ensure that closing closes all, may be done twice, and that what is closed connects again when it is used.
// parity: R11
func TestRegistry_Close(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		r := closing(t, &Registry{})
		is.NoErr(r.Close()) // empty
		a, b := must(r.Open(e.With("#a"))), must(r.Open(e.With("#b")))
		is.NoErr(errors.Join(a.Ping(ctx), b.Ping(ctx)))
		is.NoErr(r.Close())
		is.NoErr(r.Close())
		is.True(!a.IsOpen() && !b.IsOpen())
		is.Equal(r.Names(), []string{"a", "b"})
		is.Equal(count(ctx, t, a, "SELECT 1"), int64(1))
		is.True(a.IsOpen() && !b.IsOpen())
	})
}

// Ensure that many goroutines may open, use and close at the same time: no race, one pool a name, and no error but
// those that a closed connection explains. parity: R6 suite: 30
func TestRegistry_Goroutines(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		r := closing(t, &Registry{})
		is.NoErr(second(r.Open(e.With("pool_max_conns=4#shared"))))
		errs := make([]error, 64)
		var group sync.WaitGroup
		for w := range errs {
			group.Go(func() { errs[w] = churn(ctx, r, e, w) })
		}
		group.Wait()
		is.NoErr(errors.Join(errs...))
		is.Equal(len(r.Names()), 1+len(errs))
		dbtest.Reportf(t, 30, "%d goroutines × %d opened, used and closed, one pool a name", len(errs), churns())
	})
}

// churns is how often each goroutine opens and closes.
func churns() int { return dbtest.Size(5, 50) }

func churn(ctx context.Context, r *Registry, e dbtest.Engine, w int) error {
	name := fmt.Sprint("w", w)
	for i := range churns() {
		own, err := r.Open(e.With("pool_max_conns=1#" + name))
		if err != nil {
			return err
		}
		shared, err := r.Get("shared")
		if err != nil {
			return err
		}
		for _, db := range []*DB{shared, own} {
			if _, err := ints(ctx, db, "SELECT 1"); err != nil && !errors.Is(err, driver.KindClosed) {
				return fmt.Errorf("%s: %w: %w", db.Name(), err, errors.Unwrap(err))
			}
		}
		if w%16 == i%16 {
			if err := shared.Close(); err != nil {
				return err
			}
		}
		if err := own.Close(); err != nil {
			return err
		}
	}
	return nil
}
