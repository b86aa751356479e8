package events_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// text is a log in memory.
type text struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *text) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

// take returns the lines since the last call.
func (l *text) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.buf.Reset()
	return l.buf.String()
}

func (l *text) at(level slog.Level) prom.OpenOption {
	return prom.Logger(slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: level})))
}

// Ensure that the log at the level info tells of changes of the schema, slow statements and failures that concern the
// database, and of nothing else.
func TestLog_Info(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := t.Context()
		var log text
		db := kit.Open(t, e.DSN, log.at(slog.LevelInfo))
		notes := kit.Notes(db)
		kit.MustCreate(t, notes, kit.Note{Title: "first"})
		out := log.take()
		is.True(strings.Contains(out, `level=INFO msg="prom: schema changed" connection="" op=install table=note`))
		is.True(strings.Contains(out, `CREATE TABLE`))
		is.True(!strings.Contains(out, "level=WARN") && !strings.Contains(out, "INSERT INTO"))

		n := kit.MustCreate(t, notes, kit.Note{Title: "quiet"})
		_, err := notes.Get(ctx, 4711)
		is.True(errors.Is(err, prom.ErrNotFound))
		is.True(notes.Create(ctx, n) != nil) // the key is taken
		canceled, cancel := context.WithCancel(ctx)
		cancel()
		_, err = notes.Get(canceled, 1)
		is.True(errors.Is(err, prom.ErrCanceled))
		is.Equal(log.take(), "")

		_, err = prom.RawExec(ctx, db, "SELEC 1")
		is.True(errors.Is(err, prom.ErrSyntax))
		out = log.take()
		is.True(strings.Contains(out, `level=WARN msg="prom: statement failed"`) && strings.Contains(out, "syntax error"))

		slow := kit.Open(t, e.DSN, log.at(slog.LevelInfo), prom.LogSlow(time.Nanosecond))
		_, err = kit.Notes(slow).Get(ctx, n.ID)
		is.NoErr(err)
		is.True(strings.Contains(log.take(), `level=WARN msg="prom: slow statement" connection="" op=get table=note rows=1`))
		never := kit.Open(t, e.DSN, log.at(slog.LevelInfo), prom.LogSlow(-1))
		_, err = kit.Notes(never).Get(ctx, n.ID)
		is.NoErr(err)
		is.Equal(log.take(), "")
	})
}

// Ensure that the log at the level debug has each statement with its rows, table and error, its arguments only when
// they are asked for, and what went by COPY as that.
func TestLog_Debug(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := t.Context()
		var log text
		db := kit.Open(t, e.With("#named"), log.at(slog.LevelDebug))
		notes := kit.Notes(db)
		n := kit.MustCreate(t, notes, kit.Note{Title: "secret-value"})
		log.take()
		_, err := notes.Get(ctx, n.ID)
		is.NoErr(err)
		out := log.take()
		is.True(strings.Contains(out, `level=DEBUG msg="prom: statement" connection=named op=get table=note rows=1 took=`))
		is.True(strings.Contains(out, `sql="SELECT `))
		is.True(notes.Create(ctx, n) != nil)
		is.True(strings.Contains(log.take(), `error="prom: insert note: unique violation`))
		is.NoErr(notes.CreateMany(ctx, manyNotes(4000)))
		out = log.take()
		copied := strings.Contains(out, `msg="prom: COPY" connection=named op=insert table=note rows=4000 bytes=`)
		is.Equal(copied, e.Name == dbtest.NamePostgres)
		is.Equal(strings.Contains(out, "INSERT INTO"), !copied)
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error { return db.Tx(ctx, func(context.Context) error { return nil }) }))
		out = log.take()
		for _, s := range []string{"begin", "savepoint", "release", "commit"} {
			is.True(strings.Contains(out, `msg="prom: `+s+`"`))
		}

		asked := kit.Open(t, e.With("#asked"), log.at(slog.LevelDebug), prom.LogArgs())
		_, err = kit.Notes(asked).Where(kit.NoteTitle.Eq("secret-value")).All(ctx)
		is.NoErr(err)
		is.True(strings.Contains(log.take(), "args=[secret-value]"))
		_, err = notes.Where(kit.NoteTitle.Eq("secret-value")).All(ctx)
		is.NoErr(err)
		is.True(!strings.Contains(log.take(), "secret-value"))
	})
}

// Ensure that options of a registry apply to the connections of the environment, and that a second logger replaces the
// first.
func TestLog_Options(t *testing.T) {
	is := is.New(t)
	var first, second text
	t.Setenv("EVENTS_DSN", "sqlite://:memory:")
	r := &prom.Registry{Prefix: "EVENTS_DSN"}
	r.SetOptions(first.at(slog.LevelDebug))
	db, err := r.Get("")
	is.NoErr(err)
	defer func() { is.NoErr(db.Close()) }()
	is.NoErr(db.Ping(t.Context()))
	kit.MustCreate(t, kit.Notes(db), kit.Note{Title: "x"})
	is.True(strings.Contains(first.take(), "prom: statement"))

	other := kit.Open(t, "sqlite://:memory:", first.at(slog.LevelDebug), second.at(slog.LevelDebug))
	kit.MustCreate(t, kit.Notes(other), kit.Note{Title: "x"})
	is.Equal(first.take(), "")
	is.True(strings.Contains(second.take(), "prom: statement"))
}
