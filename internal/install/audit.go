package install

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dsn"
	"github.com/prom-go/prom/schema"
)

// AuditEntry is a row of the audit log: one change of one row. Package audit has the model for users.
type AuditEntry struct {
	ID    int64           `prom:"key,auto"`
	At    time.Time       `prom:"index"`
	Actor string          // "" for nobody known
	Op    string          // insert, update, delete or truncate
	Table string          `prom:"table_name"`
	Key   string          `prom:"row_key"` // of the row, before the change
	Old   json.RawMessage // the changed columns before
	New   json.RawMessage // and after
	_     struct{}        `prom:"index=row,on='table_name, row_key, id'"`
}

// TableName is the name of the audit log's table.
func (AuditEntry) TableName() string { return dialect.AuditTable }

var auditEntries = ownTable(reflect.TypeFor[AuditEntry]())

// AuditLog returns the table of the audit log in a schema, "" for that of tables without one.
func AuditLog(space string) (*schema.Table, error) {
	return auditEntries().WithName(schema.JoinName(space, dialect.AuditTable))
}

// auditSQL returns the statements that have a table audited as its model says, none when it is. A column that the
// triggers leave out stays so, also when this model does not: another version of the program may know it as a secret.
func auditSQL(ctx context.Context, db *db.DB, t *schema.Table, columns []string) (list []string, err error) {
	d := db.Dialect()
	have, err := db.AuditTriggers(ctx, t.Name)
	if err != nil {
		return nil, err
	}
	without := t.Unaudited()
	for _, h := range have {
		for _, name := range d.AuditWithout(h.SQL) {
			if !slices.Contains(without, name) {
				without = append(without, name)
			}
		}
	}
	slices.Sort(without)
	support, list, err := auditStatements(d, t, columns, without, have)
	if err != nil || list == nil {
		return nil, err
	}
	return append(support, list...), nil
}

// auditStatements returns the statements that change the triggers of a table from those that it has to those that audit
// it, none when it has them, and those that make what they need, which may be there.
func auditStatements(d dialect.Dialect, t *schema.Table, columns, without []string, have []schema.Definition) (support,
	list []string, err error) {
	want := d.AuditWith(t, columns, without)
	for _, h := range have {
		if !slices.ContainsFunc(want, func(w dialect.AuditTrigger) bool { return sameTrigger(h, w) }) {
			list = append(list, d.DropTrigger(t.Name, h.Name))
		}
	}
	for _, w := range want {
		if !slices.ContainsFunc(have, func(h schema.Definition) bool { return sameTrigger(h, w) }) {
			list = append(list, w.Create)
		}
	}
	log, err := AuditLog(t.Schema())
	if err != nil {
		return nil, nil, err
	}
	for _, sql := range d.CreateTable(log, nil) {
		support = append(support, strings.Replace(sql, "CREATE TABLE ", "CREATE TABLE IF NOT EXISTS ", 1))
	}
	for _, ix := range log.Indexes {
		for _, sql := range d.CreateIndex(log, ix) {
			support = append(support, strings.Replace(sql, "CREATE INDEX ", "CREATE INDEX IF NOT EXISTS ", 1))
		}
	}
	return append(support, d.AuditSupport(t.Schema())...), list, nil
}

// sameTrigger compares a trigger that was found with one that is wanted. SQLite leaves the database out of the name.
// The order of the columns, of which the text of SQLite's speaks in their order, does not matter.
func sameTrigger(h schema.Definition, w dialect.AuditTrigger) bool {
	body := func(text string) string {
		if i := strings.Index(text, " AFTER "); i >= 0 {
			return text[i:]
		}
		return text
	}
	words := func(text string) []string {
		list := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" (),", r) })
		slices.Sort(list)
		return list
	}
	have, want := body(h.SQL), body(w.Text)
	return strings.EqualFold(h.Name, w.Name) &&
		(have == want || len(have) == len(want) && slices.Equal(words(have), words(want)))
}

func columnNames(f *schema.Found) []string {
	names := make([]string, len(f.Columns))
	for i := range f.Columns {
		names[i] = f.Columns[i].Name
	}
	return names
}

// auditMissing reports whether a table is not audited as its model says.
func auditMissing(ctx context.Context, db *db.DB, t *schema.Table, found *schema.Found) (bool, error) {
	if !t.Audited || !found.Exists || found.View {
		return false, nil
	}
	list, err := auditSQL(ctx, db, t, columnNames(found))
	return list != nil, err
}

// errUnaudited is of a connection that may not change the schema.
func errUnaudited(t *schema.Table) error {
	return &driver.Error{Kind: driver.KindDrift, Op: "check", Table: t.Name,
		Detail: "the triggers of the audit log are missing or outdated, and this connection may not change the schema " +
			"(install=check)"}
}

// audit has a table audited, which is there by now.
func (in *installer) audit(t *schema.Table) {
	if !t.Audited || in.err != nil {
		return
	}
	var found schema.Found
	if found, in.err = in.db.Inspect(in.ctx, t.Name); in.err != nil || !found.Exists || found.View {
		return
	}
	var list []string
	if list, in.err = auditSQL(in.ctx, in.db, t, columnNames(&found)); in.err == nil {
		in.change(list, t)
	}
}

// auditDrift is the drift of a table that is not audited as its model says.
func auditDrift(t *schema.Table) *schema.Drift {
	return &schema.Drift{Sort: schema.Missing, Object: schema.OfTrigger, Table: t.Name, Name: dialect.AuditTable}
}

// auditStep returns the step that has a table audited, if it is not: one with the columns that it will have.
func (p *planner) auditStep(columns []string) ([]schema.Step, error) {
	if !p.table.Audited {
		return nil, nil
	}
	list, err := auditSQL(p.ctx, p.db, p.table, columns)
	if err != nil || list == nil {
		return nil, err
	}
	return []schema.Step{{Kind: schema.AuditTable, Table: p.table.Name, Risk: schema.Additive,
		Reason: auditDrift(p.table).Error(), SQL: list}}, nil
}

// auditColumns are the columns that the table will have after steps.
func (p *planner) auditColumns(steps []schema.Step) []string {
	names := columnNames(&p.have)
	for i := range steps {
		switch s := &steps[i]; {
		case s.SQL == nil || p.asFound:
		case s.Kind == schema.AddColumn && p.have.Column(s.Name) == nil:
			names = append(names, s.Name)
		}
	}
	return names
}

// withoutAudits takes the triggers of the audit log out of what no model declares.
func (p *planner) withoutAudits(table string) error {
	if !p.table.Audited {
		return nil
	}
	have, err := p.db.AuditTriggers(p.ctx, table)
	p.have.Dependents = slices.DeleteFunc(p.have.Dependents, func(d schema.Dependent) bool {
		return d.Sort == schema.OfTrigger && slices.ContainsFunc(have, func(h schema.Definition) bool { return h.Name == d.Name })
	})
	return err
}

type auditKey struct{ table *schema.Table }

// EnsureAudit has a table audited as its model says, before a program's first write to it. Where nothing may be
// changed, a trigger that is missing is an error of KindDrift: changes would go unseen. With install=off nothing is
// looked at.
func EnsureAudit(ctx context.Context, db *db.DB, t *schema.Table) error {
	mark := db.Mark(auditKey{t})
	if mark.IsSet(ctx) || db.ReadOnly() || db.InReadOnlyTx(ctx) || db.DSN().Options.Install == dsn.InstallOff {
		return nil
	}
	for attempt := 1; ; attempt++ {
		found, err := db.Inspect(ctx, t.Name)
		if err != nil || !found.Exists { // it is audited from when it is made
			return err
		}
		missing, err := auditMissing(ctx, db, t, &found)
		switch {
		case err != nil:
			return err
		case !missing:
			mark.Set(ctx)
			return nil
		case db.DSN().Options.Install == dsn.InstallCheck:
			return errUnaudited(t)
		}
		err = db.Tx(ctx, func(ctx context.Context) error {
			in := newInstaller(ctx, db)
			in.begin()
			in.audit(t)
			in.run(in.d.InstallEnd(), "")
			return in.err
		})
		if err != nil && (attempt == attempts || !mayTryAgain(ctx, db, err)) || attempt > attempts {
			return err
		}
	}
}
