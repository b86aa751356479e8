package install_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/schema"
)

type (
	noticeV1 struct {
		ID   int64 `prom:"key,auto"`
		Text string
		Note *string `prom:"size=1..9,unique"`
		Kind string  `prom:"default=k"`
	}
	noticeV2 struct {
		ID   int64 `prom:"key,auto"`
		Text string
	}
	// noticeToo is another model of the same table.
	noticeToo struct {
		ID   int64 `prom:"key,auto"`
		Text string
		Note *string `prom:"size=1..9,unique"`
	}
)

func (noticeV1) TableName() string  { return "notice" }
func (noticeV2) TableName() string  { return "notice" }
func (noticeToo) TableName() string { return "notice" }

// seen writes into the history that a build of another program stores columns of a table.
func seen(t *testing.T, db *prom.DB, columns string, ago time.Duration) {
	t.Helper()
	ctx := context.Background()
	_, err := prom.RawExec(ctx, db, `INSERT INTO "prom_history" ("at", "table_name", "statement", "fingerprint", "library") VALUES (?, ?, ?, ?, ?)`,
		time.Now().Add(-ago), "notice", "-- in use by shop v1.2.3: "+columns, "f", "v1")
	if err != nil {
		t.Fatal(err)
	}
}

func kinds(p *prom.SchemaPlan) (list []string) {
	for _, s := range p.Steps {
		list = append(list, strings.TrimSpace(string(s.Kind)+" "+s.Name))
	}
	return list
}

// Ensure that a plan drops what prom made for an earlier version of a model only when no program is known to store it
// any more: a build that the history has seen lately keeps its columns, with their indexes and constraints, and another
// model of the same program does.
func TestColumnMayGo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		if e.Mode == "memory" {
			e.DSN = dbtest.SQLite(t)
		}
		is := is.New(t)
		ctx := context.Background()
		first := kit.Open(t, e.DSN)
		is.NoErr(prom.NewRepo[noticeV1](prom.Using(first)).Create(ctx, &noticeV1{Text: "a"}))
		db := kit.Open(t, e.DSN)
		notices := prom.NewRepo[noticeV2](prom.Using(db))
		column := func(p *prom.SchemaPlan, name string) *prom.Drift {
			i := slices.IndexFunc(p.NotModelled, func(d *prom.Drift) bool {
				return d.Object == schema.OfColumn && d.Name == name
			})
			if i < 0 {
				return nil
			}
			return p.NotModelled[i]
		}

		seen(t, db, `"id", "text", "note", "kind"`, time.Hour)
		plan, err := prom.Plan(ctx, notices)
		is.NoErr(err)
		is.True(plan.Empty())
		is.NoErr(prom.Check(ctx, notices))
		note := column(plan, "note")
		is.True(note != nil && column(plan, "kind") != nil)
		is.True(strings.Contains(note.Error(), "in use by shop v1.2.3, seen on "+time.Now().Add(-time.Hour).UTC().Format(time.DateOnly)))
		done, err := prom.Apply(ctx, plan, prom.Additive, prom.Locking, prom.Rewriting, prom.Lossy)
		is.NoErr(err)
		is.Equal(len(done), 0)

		// A shorter period: what was seen before it is forgotten.
		impatient := kit.Open(t, e.With("in_use=10m"))
		plan, err = prom.Plan(ctx, prom.NewRepo[noticeV2](prom.Using(impatient)))
		is.NoErr(err)
		is.True(slices.Contains(kinds(plan), "drop column note"))
		_, err = prom.RawExec(ctx, db, `DELETE FROM "prom_history" WHERE "statement" LIKE '-- in use by shop%'`)
		is.NoErr(err)

		// Another model of this program has a part of the columns.
		prom.NewRepo[noticeToo](prom.Using(db))
		plan, err = prom.Plan(ctx, notices)
		is.NoErr(err)
		is.True(column(plan, "note") != nil)
		is.True(strings.Contains(column(plan, "note").Error(), "in use by the model install_test.noticeToo"))
		is.Equal(kinds(plan), []string{"drop column kind"})

		// Seen too long ago: it may go, when that is allowed.
		last := kit.Open(t, e.DSN)
		notices = prom.NewRepo[noticeV2](prom.Using(last))
		seen(t, last, `"id", "text", "note", "kind"`, 31*24*time.Hour)
		var drifts prom.Drifts
		is.True(errors.As(prom.Check(ctx, notices), &drifts))
		is.True(slices.ContainsFunc(drifts, func(d *prom.Drift) bool {
			return d.Name == "note" && d.Harmless() && strings.HasSuffix(d.Error(), "so it may go")
		}))
		plan, err = prom.Plan(ctx, notices)
		is.NoErr(err)
		_, err = prom.Apply(ctx, plan, prom.Additive, prom.Locking, prom.Rewriting)
		is.NoErr(err)
		found, err := last.Describe(ctx, "notice")
		is.NoErr(err)
		is.True(found.Column("note") != nil)
		_, err = prom.Apply(ctx, plan, prom.Lossy)
		is.NoErr(err)
		found, err = last.Describe(ctx, "notice")
		is.NoErr(err)
		is.True(found.Column("note") == nil && found.Column("kind") == nil)
	})
}

// Ensure that a program writes once a day that it stores a table, in and outside of transactions, and not again when it
// is there; and writes nothing where it may not, or where there is no history.
func TestUseIsSeen(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		if e.Mode == "memory" { // nobody else uses it
			e.DSN = dbtest.SQLite(t)
		}
		is := is.New(t)
		ctx := context.Background()
		first := kit.Open(t, e.DSN)
		uses := func() int {
			return kit.ScanOne[int](t, first, `SELECT count(*) FROM "prom_history" WHERE "statement" LIKE '-- in use by %"id", "text"'`)
		}
		is.NoErr(prom.NewRepo[noticeV2](prom.Using(first)).Create(ctx, &noticeV2{Text: "a"}))
		is.Equal(uses(), 1)
		age := func() {
			_, err := prom.RawExec(ctx, first, `UPDATE "prom_history" SET "at" = ? WHERE "statement" LIKE '-- in use by %'`,
				time.Now().Add(-25*time.Hour))
			is.NoErr(err)
		}
		latest := func() bool {
			n, err := prom.RawExec(ctx, first, `UPDATE "prom_history" SET "library" = "library"
				WHERE "statement" LIKE '-- in use by %' AND "at" > ?`, time.Now().Add(-time.Hour))
			is.NoErr(err)
			return n == 1
		}
		age()
		for _, options := range []string{"install=off", "history=false", "readonly=true"} {
			_, err := prom.NewRepo[noticeV2](prom.Using(kit.Open(t, e.With(options)))).All(ctx)
			is.NoErr(err)
			is.True(!latest())
		}
		checked := kit.Open(t, e.With("install=check"))
		notices := prom.NewRepo[noticeV2](prom.Using(checked))
		is.NoErr(checked.Tx(ctx, func(ctx context.Context) error {
			_, err := notices.All(ctx)
			return err
		}))
		is.True(latest())
		is.Equal(uses(), 1) // in place of the old one
		_, err := prom.NewRepo[noticeV2](prom.Using(kit.Open(t, e.DSN))).All(ctx)
		is.NoErr(err)
		is.Equal(uses(), 1)
	})
}

type (
	visitV1 struct {
		ID   int64 `prom:"key,auto"`
		Host *string
	}
	visitV2 struct {
		ID    int64   `prom:"key,auto"`
		Guide *string `prom:"was=host"`
	}
	meetingV2 struct {
		_    struct{} `prom:"was=visit"`
		ID   int64    `prom:"key,auto"`
		Host *string
	}
)

func (visitV1) TableName() string   { return "visit" }
func (visitV2) TableName() string   { return "visit" }
func (meetingV2) TableName() string { return "meeting" }

// Ensure that a program of the version before a renaming does not add the old column again, but is told so; and that
// the program of the version after finds one that was added again all the same, in Check, in a plan and in the log, and
// that no plan drops it.
func TestRenamedAndAddedAgain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		if e.Mode == "memory" {
			e.DSN = dbtest.SQLite(t)
		}
		is := is.New(t)
		ctx := context.Background()
		host := "h"
		is.NoErr(prom.NewRepo[visitV1](prom.Using(kit.Open(t, e.DSN))).Create(ctx, &visitV1{Host: &host}))
		renamed := prom.NewRepo[visitV2](prom.Using(kit.Open(t, e.DSN)))
		rows, err := renamed.All(ctx)
		is.NoErr(err)
		is.Equal(*rows[0].Guide, "h")
		is.NoErr(prom.Check(ctx, renamed))
		for _, mode := range []string{"install=auto", "install=check"} {
			_, err = prom.NewRepo[visitV1](prom.Using(kit.Open(t, e.With(mode)))).All(ctx)
			is.True(errors.Is(err, prom.ErrDrift))
			is.True(strings.Contains(err.Error(), "the column was renamed to guide by a newer version of the program"))
		}
		late := prom.NewRepo[visitV1](prom.Using(kit.Open(t, e.DSN)))
		plan, err := prom.Plan(ctx, late)
		is.NoErr(err)
		is.Equal(kinds(plan), []string{"by hand host"})
		is.True(strings.Contains(plan.Steps[0].Reason, "the column was renamed to guide"))

		old := prom.NewRepo[visitV1](prom.Using(kit.Open(t, e.With("history=false"))))
		is.NoErr(old.Create(ctx, &visitV1{Host: &host})) // without the history it cannot know
		var log bytes.Buffer
		registry := &prom.Registry{}
		registry.SetOptions(prom.Logger(slog.New(slog.NewTextHandler(&log, nil))))
		db, err := registry.Open(e.DSN)
		is.NoErr(err)
		t.Cleanup(func() { _ = db.Close() })
		renamed = prom.NewRepo[visitV2](prom.Using(db))
		_, err = renamed.All(ctx)
		is.NoErr(err)
		is.True(strings.Contains(log.String(), "a program of an old version has made again what was renamed"))
		is.True(strings.Contains(log.String(), "was=visit.host renamed=guide"))
		var drifts prom.Drifts
		is.True(errors.As(prom.Check(ctx, renamed), &drifts))
		is.Equal(len(drifts), 1)
		is.Equal(drifts[0].Error(),
			"visit.host: column is extra; it is named guide now, and a program of the old version has added it again: the values are in both")
		is.True(!drifts[0].Harmless())
		plan, err = prom.Plan(ctx, renamed)
		is.NoErr(err)
		is.Equal(kinds(plan), []string{"by hand host"})
		is.True(strings.Contains(plan.Steps[0].Reason, "copy what they have written to the new name"))
	})
}

// Ensure that the same holds for a table that was renamed.
func TestRenamedTableMadeAgain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		if e.Mode == "memory" {
			e.DSN = dbtest.SQLite(t)
		}
		is := is.New(t)
		ctx := context.Background()
		is.NoErr(prom.NewRepo[visitV1](prom.Using(kit.Open(t, e.DSN))).Create(ctx, &visitV1{}))
		meetings := prom.NewRepo[meetingV2](prom.Using(kit.Open(t, e.DSN)))
		is.Equal(len(kit.AllOf(t, meetings)), 1)
		_, err := prom.NewRepo[visitV1](prom.Using(kit.Open(t, e.DSN))).All(ctx)
		is.True(errors.Is(err, prom.ErrDrift))
		is.True(strings.Contains(err.Error(), "the table was renamed to meeting by a newer version of the program"))
		plan, err := prom.Plan(ctx, prom.NewRepo[visitV1](prom.Using(kit.Open(t, e.DSN))))
		is.NoErr(err)
		is.Equal(kinds(plan), []string{"by hand"})
		old := prom.NewRepo[visitV1](prom.Using(kit.Open(t, e.With("history=false"))))
		is.NoErr(old.Create(ctx, &visitV1{}))
		var drifts prom.Drifts
		is.True(errors.As(prom.Check(ctx, meetings), &drifts))
		is.Equal(len(drifts), 1)
		is.Equal(drifts[0].Error(),
			"visit: table is extra; it is named meeting now, and a program of the old version has added it again: the values are in both")
		plan, err = prom.Plan(ctx, meetings)
		is.NoErr(err)
		is.Equal(kinds(plan), []string{"by hand"})
	})
}
