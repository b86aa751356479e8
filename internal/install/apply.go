package install

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// tries is how often a step is retried after it waited in vain for a lock.
const tries = 5

// Apply does steps, and returns those that are done. Each is looked for anew right before, because the database may
// have changed since it was planned: what is no longer needed is left out.
func Apply(ctx context.Context, db *db.DB, tables []*schema.Table, steps []schema.Step) ([]schema.Step, error) {
	return apply(ctx, newApplier(db, tables, steps))
}

// newApplier returns the applier of steps that bring a database to the models of tables.
func newApplier(db *db.DB, tables []*schema.Table, steps []schema.Step) applier {
	return applier{db: db, tables: tables, steps: steps,
		plan: func(ctx context.Context, tables ...*schema.Table) ([]schema.Step, error) {
			now, _, err := plan(ctx, db, true, tables...)
			return now, err
		}}
}

// apply does the steps of an applier.
func apply(ctx context.Context, a applier) ([]schema.Step, error) {
	db := a.db
	ctx = db.Unlimited(ctx)
	switch {
	case db.InTx(ctx):
		return nil, &driver.Error{Kind: driver.KindOther, Op: "apply",
			Detail: "some steps cannot be part of a transaction; call Apply outside of one"}
	case db.ReadOnly():
		return nil, &driver.Error{Kind: driver.KindReadOnly, Op: "apply",
			Detail: "the connection was opened with readonly=true"}
	}
	// What another Apply is in the midst of looks as if it had been left over.
	err := db.Serialized(ctx, func() error { return a.all(ctx) })
	return a.done, errors.Join(append(a.refused, err)...)
}

type applier struct {
	db     *db.DB
	tables []*schema.Table
	steps  []schema.Step
	// what is to be done by now on some of the tables, each step so that it can be done at once
	plan    func(ctx context.Context, tables ...*schema.Table) ([]schema.Step, error)
	done    []schema.Step
	refused []error
}

func (a *applier) all(ctx context.Context) error {
	err := a.singles(ctx, func(phase int) bool { return phase < 0 })
	if err == nil {
		err = a.additive(ctx)
	}
	if err == nil {
		err = a.singles(ctx, func(phase int) bool { return phase > 0 })
	}
	return err
}

// singles does the steps of some phases one by one.
func (a *applier) singles(ctx context.Context, of func(phase int) bool) (err error) {
	for i := 0; i < len(a.steps) && err == nil; i++ {
		if of(phase(&a.steps[i])) {
			err = a.single(ctx, &a.steps[i])
		}
	}
	return err
}

// additive does what is additive in one transaction.
func (a *applier) additive(ctx context.Context) error {
	if !slices.ContainsFunc(a.steps, func(s schema.Step) bool { return phase(&s) == 0 }) {
		return nil
	}
	var done []schema.Step
	var refused []error
	var err error
	for attempt := 1; ; attempt++ {
		err = a.change(ctx, func(ctx context.Context, in *installer) error {
			done, refused = nil, nil
			now, err := a.plan(ctx, a.tables...)
			if err != nil {
				return err
			}
			for i := range now {
				if s := &now[i]; phase(s) == 0 && s.SQL != nil && slices.ContainsFunc(a.steps,
					func(planned schema.Step) bool { return planned.Same(*s) }) {
					if s.Violations > 0 || s.Blocked != nil {
						refused = append(refused, refuse(s))
						continue
					}
					if in.do(a.table(s.Table), s); in.err != nil {
						return in.err
					}
					done = append(done, *s)
				}
			}
			return nil
		}, db.Retry(tries))
		if err == nil || attempt == attempts || !mayTryAgain(ctx, a.db, err) {
			break
		}
	}
	if err == nil {
		a.done, a.refused = append(a.done, done...), append(a.refused, refused...)
	}
	return err
}

// change runs fn in a transaction in which no other change of the schema runs.
func (a *applier) change(ctx context.Context, fn func(ctx context.Context, in *installer) error,
	options ...db.TxOption) error {
	return a.db.Tx(ctx, func(ctx context.Context) error {
		in := newInstaller(ctx, a.db)
		in.op = "apply"
		in.begin()
		in.distributing(closure(a.tables))
		if in.err == nil {
			in.err = fn(ctx, in)
		}
		in.run(in.d.InstallEnd(), "")
		return in.err
	}, options...)
}

// do runs the statements of a step.
func (in *installer) do(t *schema.Table, s *schema.Step) { in.change(s.SQL, t) }

func (a *applier) table(name string) *schema.Table {
	for _, t := range closure(a.tables) {
		if t.Name == name {
			return t
		}
	}
	return a.tables[0]
}

// find looks for a step in what is to be done by now. It is nil when that is so no more.
func (a *applier) find(ctx context.Context, s *schema.Step) (*schema.Step, error) {
	now, err := a.plan(ctx, a.table(s.Table))
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(now, s.Same); i >= 0 && now[i].SQL != nil {
		return &now[i], nil
	}
	return nil, nil
}

// single does a step by itself.
func (a *applier) single(ctx context.Context, s *schema.Step) error {
	t := a.table(s.Table)
	found, err := a.find(ctx, s)
	if err != nil || found == nil {
		return err
	}
	if found.Violations > 0 || found.Blocked != nil {
		a.refused = append(a.refused, refuse(found))
		return nil
	}
	switch {
	case found.Rebuild:
		err = a.rebuild(ctx, t, s)
	case found.Apart:
		err = a.apart(ctx, t, found)
	default:
		err = a.change(ctx, func(ctx context.Context, in *installer) error {
			now, err := a.find(ctx, s)
			if err == nil && now != nil {
				err = a.soundly(ctx, in, t, now)
			}
			return err
		}, db.Retry(tries))
	}
	if err == nil {
		a.done = append(a.done, *found)
	}
	return err
}

// refuse says why a step cannot be done. The others go on.
func refuse(s *schema.Step) error {
	e := &driver.Error{Kind: driver.KindDrift, Op: "apply", Table: s.Table,
		Detail: fmt.Sprintf("%s: %d existing rows or values violate it, and this query counts them: %s; fix the rows, and plan again", s.Kind, s.Violations, s.Probe)}
	if s.Blocked != nil {
		e.Detail = fmt.Sprintf("%s: the database refuses it because of %s; %s", s.Kind, strings.Join(s.Blocked, ", "),
			schema.BlockedAdvice)
	}
	if s.Name != "" && (s.Kind == schema.AlterColumn || s.Kind == schema.RenameColumn || s.Kind == schema.DropColumn) {
		e.Columns = []string{s.Name}
	}
	return e
}

// soundly does a step, unless something would refer to what is gone by then. SQLite does not mind, until a statement
// writes.
func (a *applier) soundly(ctx context.Context, in *installer, t *schema.Table, s *schema.Step) error {
	if s.Risk < schema.Lossy && !s.Rebuild {
		in.do(t, s)
		return in.err
	}
	before, err := a.db.BrokenReferences(ctx, t.Name)
	if err != nil {
		return err
	}
	if in.do(t, s); in.err != nil {
		return in.err
	}
	after, err := a.db.BrokenReferences(ctx, t.Name)
	if err != nil {
		return err
	}
	var names []string
	for _, failed := range after {
		if !slices.Contains(before, failed) && !slices.Contains(names, failed[0]) {
			names = append(names, failed[0])
		}
	}
	if names == nil {
		return nil
	}
	return &driver.Error{Kind: driver.KindDrift, Op: "apply", Table: t.Name,
		Detail: strings.TrimSpace(string(s.Kind)+" "+s.Name) +
			": a view, a trigger or a foreign key of " + strings.Join(names, ", ") +
			" uses the dropped object; change that first; nothing was changed"}
}

// apart runs statements that commit one by one, without the lock of an installation, which others would wait for.
func (a *applier) apart(ctx context.Context, t *schema.Table, s *schema.Step) error {
	for _, sql := range s.SQL {
		st := &driver.Statement{SQL: sql, Op: "apply", Table: t.Name, Write: true, DDL: true}
		if strings.Contains(sql, " CONCURRENTLY ") {
			if err := a.db.Alone(ctx, st); err != nil {
				return err
			}
			if err := a.db.Tx(ctx, func(ctx context.Context) error {
				return new(history).write(ctx, a.db, t,
					sql)
			}); err != nil {
				return err
			}
			continue
		}
		err := a.db.Tx(ctx, func(ctx context.Context) error {
			in := newInstaller(ctx, a.db)
			in.op = "apply"
			in.run([]string{in.d.LockTimeout(lockTimeout(a.db))}, t.Name)
			in.distributing(closure(a.tables))
			in.change([]string{sql}, t)
			return in.err
		}, db.Retry(tries))
		if err != nil {
			return err
		}
	}
	return nil
}

// rebuild makes a table of SQLite anew.
func (a *applier) rebuild(ctx context.Context, t *schema.Table, s *schema.Step) error {
	violations := a.db.Dialect().Dangling()
	return a.change(ctx, func(ctx context.Context, in *installer) error {
		now, err := a.find(ctx, s)
		if err != nil || now == nil {
			return err
		}
		count := func(sql string) (n int64) {
			if err == nil {
				n, err = a.db.CountAbout(ctx, sql, t.Name)
			}
			return n
		}
		rows, broken := count(in.d.RowCount(t.Name)), count(violations)
		if err != nil {
			return err
		}
		if err := a.soundly(ctx, in, t, now); err != nil {
			return err
		}
		switch after, left := count(in.d.RowCount(t.Name)), count(violations); {
		case err != nil:
			return err
		case after != rows:
			return &driver.Error{Kind: driver.KindDrift, Op: "apply", Table: t.Name,
				Detail: "the rebuilt table has a different number of rows; nothing was changed"}
		case left > broken:
			return &driver.Error{Kind: driver.KindForeignKey, Op: "apply", Table: t.Name,
				Detail: "after the rebuild, rows would refer to missing rows; nothing was changed"}
		}
		return nil
	}, db.NoForeignKeys(), db.Retry(tries))
}
