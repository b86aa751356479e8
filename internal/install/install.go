package install

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dsn"
	"github.com/prom-go/prom/schema"
)

// attempts bounds how often a change is retried because a program that does not take the lock was faster.
const attempts = 5

// eventInstall has a name of its own, because db is the name of parameters here.
const eventInstall = db.EventInstall

// Mark returns the mark of a table that is known to be complete on a database.
func Mark(db *db.DB, t *schema.Table) *db.Mark { return db.Mark(t) }

// Ensure adds what the database lacks of the tables: those that they refer to first, then the tables, columns,
// references and indexes. With a table that it makes it makes those known tables that refer to it: later that would
// need a lock on it, which transactions that have written to it by then hold, and which wait in turn for the one that
// installs. It reports whether it changed anything. On a connection with install=check something that is missing is an
// error of KindDrift instead; with install=off, and where nothing may be written, Ensure does nothing.
//
// Inside a transaction the change is part of it, and goes when it rolls back.
func Ensure(ctx context.Context, db *db.DB, tables ...*schema.Table) (changed bool, err error) {
	if db.ReadOnly() || db.DSN().Options.Install == dsn.InstallOff {
		return false, nil
	}
	ctx = db.Unlimited(ctx)
	if err := possible(ctx, db, tables); err != nil {
		return false, err
	}
	name := ""
	if len(tables) == 1 {
		name = tables[0].Name
	}
	ctx, end := db.Observe(ctx, eventInstall, "install", name)
	defer func() { end(0, err) }()
	if db.DSN().Options.Install == dsn.InstallCheck {
		return false, check(ctx, db, tables)
	}
	all := closure(tables)
	for _, t := range all {
		if err := db.CheckTable(t); err != nil {
			return false, err
		}
	}
	// Most of the time there is nothing to do, and then no lock is needed.
	wanting, err := anyMissing(ctx, db, all, tables)
	for attempt := 1; wanting && err == nil; attempt++ {
		changed, err = ensure(ctx, db, all, tables, attempt == attempts)
		if err == nil {
			break
		}
		if attempt < attempts && mayTryAgain(ctx, db, err) {
			err = nil
		}
	}
	if err != nil {
		return false, err
	}
	if changed {
		db.Changed(ctx)
	}
	for _, t := range tables {
		Mark(db, t).Set(ctx)
	}
	return changed, nil
}

// possible returns why the database cannot have one of the tables: see [db.DB.CheckTable], and a unique index in which
// NULLs are equal. Without it, or with another one in its place, rows would be there that the model refuses.
func possible(ctx context.Context, db *db.DB, tables []*schema.Table) error {
	refuse := func(t *schema.Table, detail string, has bool, err error) error {
		if has || err != nil {
			return err
		}
		return &driver.Error{Kind: driver.KindDrift, Op: "install", Table: t.Name, Detail: detail}
	}
	for _, t := range tables {
		if err := db.CheckTable(t); err != nil {
			return err
		}
		if err := distributable(ctx, db, t); err != nil {
			return err
		}
		for _, ix := range t.Indexes {
			if !ix.NullsNotDistinct {
				continue
			}
			has, err := db.NullsNotDistinct(ctx)
			if err = refuse(t, fmt.Sprintf("the index %q takes NULLs for equal (nulls=not distinct), which needs PostgreSQL 15 or newer; "+
				"take the option out of the tag, or make its fields required", ix.Name), has, err); err != nil {
				return err
			}
		}
		for _, k := range t.ForeignKeys {
			if !k.SetsSome() || !t.EnforcesKey(k) {
				continue
			}
			has, err := db.SetsColumns(ctx)
			if err = refuse(t, fmt.Sprintf("the reference %s has ondelete=set null and columns that take no NULL, of which only PostgreSQL "+
				"15 or newer sets the others alone; take the option out of the tag, write ondelete=cascade or restrict, or make "+
				"all of its columns pointers", strings.Join(schema.ColumnNames(k.Columns), ", ")), has, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// mayTryAgain reports whether a change that failed may be retried: a program that does not take the lock made or
// dropped the same thing at the same moment; or the change, in a transaction of its own, was chosen to end a deadlock,
// and has not happened.
func mayTryAgain(ctx context.Context, db *db.DB, err error) bool {
	switch driver.KindOf(err) {
	case driver.KindNoTable, driver.KindNoColumn:
		return true
	case driver.KindDeadlock:
		return !db.InTx(ctx)
	}
	return driver.IsRaced(err)
}

// ensure changes the schema in one transaction.
func ensure(ctx context.Context, db *db.DB, all, wanted []*schema.Table, last bool) (changed bool, err error) {
	grown, err := growEnums(ctx, db, wanted)
	if err != nil {
		return false, err
	}
	var in *installer
	err = db.Tx(ctx, func(ctx context.Context) error {
		in = newInstaller(ctx, db)
		in.last, in.changed = last, grown
		in.begin()
		distributed := in.distributing(all)
		for _, t := range all {
			in.table(t, slices.Contains(wanted, t))
		}
		in.addReferences()
		in.referrers(all)
		in.run(distributed, "")
		in.run(in.d.InstallEnd(), "")
		changed = in.changed
		return in.err
	})
	if last && driver.IsRaced(err) {
		err = in.raced(ctx, err)
	}
	return changed, err
}

// begin waits for other installations, which may be part of longer transactions, and sets the bound of what DDL waits.
func (in *installer) begin() {
	wait := otherInstallations
	if in.db.Forgotten(in.ctx) {
		wait = dsn.DefaultBusyTimeout // it may be the goroutine's own transaction that is in the way
	}
	in.run(in.d.InstallBegin(wait, lockTimeout(in.db)), "")
}

// otherInstallations is how long an installation waits for others.
const otherInstallations = 30 * time.Second

// lockTimeout is how long DDL waits for a table's lock; zero is for a DSN that was made by hand.
func lockTimeout(db *db.DB) time.Duration {
	if d := db.DSN().Options.InstallLockTimeout; d != 0 {
		return d
	}
	return dsn.DefaultInstallLockTimeout
}

// installer is one change of the schema. After the first error its methods do nothing.
type installer struct {
	ctx context.Context //nolint:containedctx // of the one transaction that the installer lives in
	db  *db.DB
	d   dialect.Dialect
	op  string // for messages; "" for install

	exists     map[string]bool // tables that are there by now
	references []reference     // to be added when all tables are there
	made       []*schema.Table // that were not there
	values     []string        // statements that have added values to enums
	last       bool            // of the attempts: what seems to be a race is none
	taken      takenName
	changed    bool
	err        error

	recorded func(sql string) // takes statements in place of the database, when a change is planned only
	history  history
}

func newInstaller(ctx context.Context, db *db.DB) *installer {
	return &installer{ctx: ctx, db: db, d: db.Dialect(), exists: map[string]bool{}}
}

// reference is a foreign key of one column, or one of several.
type reference struct {
	table  *schema.Table
	column *schema.Column
	key    *schema.ForeignKey // in place of column
	beside *schema.Found      // the table, if it was there
}

// run runs statements on a table.
func (in *installer) run(statements []string, table string) { in.exec(statements, table, false) }

func (in *installer) exec(statements []string, table string, ddl bool) {
	for _, sql := range statements {
		if in.err != nil || sql == "" {
			continue
		}
		_, in.err = in.db.Exec(in.ctx, &driver.Statement{SQL: sql, Op: cmp.Or(in.op, "install"), Table: table, Write: true,
			DDL: ddl})
	}
}

// change runs statements that change the schema, and writes them down.
func (in *installer) change(statements []string, t *schema.Table) {
	for _, sql := range statements {
		switch {
		case sql == "" || in.err != nil:
			continue
		case in.recorded != nil:
			in.recorded(sql)
			continue
		}
		if in.exec([]string{sql}, t.Name, true); in.err == nil {
			in.changed = true
			in.err = in.history.write(in.ctx, in.db, t, sql)
		}
	}
}

// table makes what is missing of one table. A table that is only referred to is made when it is missing, and left alone
// when it is there.
func (in *installer) table(t *schema.Table, wanted bool) {
	if in.err != nil {
		return
	}
	var found schema.Found
	if found, in.err = in.db.Inspect(in.ctx, t.Name); in.err != nil {
		return
	}
	if !found.Exists && t.Was != "" {
		if found = in.renameTable(t); in.err != nil {
			return
		}
	}
	in.exists[t.Name] = true
	diff := t.Diff(found)
	if wanted && len(diff.Renamed) > 0 {
		if found, diff = in.renameColumns(t, diff.Renamed); in.err != nil {
			return
		}
	}
	switch {
	case diff.Create:
		if in.err = possible(in.ctx, in.db, []*schema.Table{t}); in.err == nil { // which comes with another table
			in.err = outdatedTable(in.ctx, in.db, "install", t)
		}
		if in.err == nil {
			in.create(t)
		}
	case wanted:
		if diff, in.err = missing(in.ctx, in.db, t, &found); in.err == nil && !diff.Empty() {
			in.add(t, diff, &found)
		}
	}
	if wanted || diff.Create {
		in.audit(t)
	}
}

// renameTable renames the table that a model had before, if it is there and no other model's, and tells what is there
// then.
func (in *installer) renameTable(t *schema.Table) (found schema.Found) {
	if found, in.err = formerTable(in.ctx, in.db, t); in.err != nil || !found.Exists {
		return found
	}
	in.createSchema(t)
	in.change(in.d.RenameTable(t, &found), t)
	if in.err == nil {
		found, in.err = in.db.Inspect(in.ctx, t.Name)
	}
	return found
}

// formerTable looks for the table that a model had before.
func formerTable(ctx context.Context, db *db.DB, t *schema.Table) (schema.Found, error) {
	for _, other := range db.Known() {
		if other != t && other.Name == t.Was {
			taken(ctx, db, t, other)
			return schema.Found{}, nil
		}
	}
	found, err := db.InspectAll(ctx, t.Was)
	if found.View {
		found = schema.Found{}
	}
	if found.Exists && found.LocalRefs && !schema.OneDatabase(t.Was, t.Name) {
		return found, &driver.Error{Kind: driver.KindDrift, Op: "install", Table: t.Name,
			Detail: "SQLite cannot move the table " + t.Was + " to another database; copy it by hand, or take the option was out"}
	}
	return found, err
}

// renameColumns renames the columns that are there under their names from before, and tells what is still missing.
func (in *installer) renameColumns(t *schema.Table, cols []*schema.Column) (found schema.Found, diff schema.Diff) {
	if found, in.err = in.db.InspectAll(in.ctx, t.Name); in.err != nil {
		return found, diff
	}
	for _, c := range cols {
		in.change(in.d.RenameColumn(t, c, &found), t)
	}
	if in.err == nil {
		found, in.err = in.db.Inspect(in.ctx, t.Name)
	}
	return found, t.Diff(found)
}

// referrers makes the known tables that refer to one that was made, and those that refer to them. One that cannot be
// made is left for its own first use, which will say why.
func (in *installer) referrers(done []*schema.Table) {
	known := in.db.Known()
	for i := 0; i < len(in.made) && in.err == nil; i++ {
		for _, t := range known {
			if slices.Contains(done, t) || !refersTo(t, in.made[i]) {
				continue
			}
			list := slices.DeleteFunc(closure([]*schema.Table{t}),
				func(u *schema.Table) bool { return slices.Contains(done, u) })
			done = append(done, list...)
			in.optional(list)
		}
	}
}

// optional makes tables that are missing, in a savepoint: all of them or none.
func (in *installer) optional(list []*schema.Table) {
	part := *in
	err := in.db.Tx(in.ctx, func(ctx context.Context) error {
		part.ctx, part.exists, part.references, part.made = ctx, maps.Clone(in.exists), nil, nil
		for _, t := range list {
			part.table(t, false)
		}
		part.addReferences()
		return part.err
	})
	switch {
	case err == nil:
		in.exists, in.changed = part.exists, part.changed
		in.made = append(in.made, part.made...)
	case driver.IsRaced(err) && !in.last, in.ctx.Err() != nil:
		in.err = err
	}
}

// createSchema makes the schema of a table when it is missing: even IF NOT EXISTS wants the right to create one.
func (in *installer) createSchema(t *schema.Table) {
	space := t.Schema()
	if in.err != nil || space == "" {
		return
	}
	var there bool
	if there, in.err = in.db.HasSchema(in.ctx, space); in.err != nil || there || in.exists[schemaKey+space] {
		return
	}
	in.change([]string{in.d.CreateSchema(space)}, t)
	in.exists[schemaKey+space] = true
	if e := (*driver.Error)(nil); errors.As(in.err, &e) && e.Kind == driver.KindPermission {
		in.err = &driver.Error{Kind: driver.KindPermission, Op: cmp.Or(in.op, "install"), Table: t.Name, Err: in.err,
			Detail: fmt.Sprintf("the schema %s does not exist, and the role may not create it; create it, or give the role "+
				"CREATE on the database", space)}
	}
}

// schemaKey begins the keys of schemas among those of tables that exist.
const schemaKey = "schema\x00"

func (in *installer) create(t *schema.Table) {
	if in.err = fillable(t, t.Columns); in.err != nil {
		return
	}
	in.createSchema(t)
	in.made = append(in.made, t)
	in.change(in.d.Prerequisites(t.Columns), t)
	in.change(in.d.CreateTable(t, func(c *schema.Column) bool {
		if !t.Enforces(c) || in.inline(t, c) {
			return true
		}
		in.references = append(in.references, reference{table: t, column: c})
		return false
	}), t)
	for _, k := range t.ForeignKeys {
		if t.EnforcesKey(k) {
			in.references = append(in.references, reference{table: t, key: k})
		}
	}
	_, name := schema.SplitName(t.Name)
	in.isTaken(t, name, "the name of the table")
	in.parts(t)
	in.distribute(t)
	in.indexes(t, t.Indexes)
}

func (in *installer) indexes(t *schema.Table, list []*schema.Index) {
	for _, ix := range list {
		create := in.d.CreateIndex(t, ix)
		if create == nil {
			continue
		}
		in.change(create, t)
		in.isTaken(t, ix.Name, fmt.Sprintf("the name %q of an index", ix.Name))
		if ix.FullText != nil {
			in.fullTextError(t, ix)
		}
	}
}

// fullTextError says what is the matter with a full-text index that cannot be made.
func (in *installer) fullTextError(t *schema.Table, ix *schema.Index) {
	switch driver.KindOf(in.err) {
	case driver.KindNoColumn, driver.KindSyntax:
	default:
		return
	}
	detail := fmt.Sprintf("the text search configuration %q does not exist; the tag option language of the full-text index names it",
		ix.FullText.Language)
	if in.d.Features().FTS5 {
		detail = fmt.Sprintf("the full-text index %q cannot be made: the table is WITHOUT ROWID, so that FTS5 has no row numbers to refer to, or the name is used by another table",
			ix.Name)
	}
	in.err = &driver.Error{Kind: driver.KindDrift, Op: "install", Table: t.Name, Err: in.err, Detail: detail}
}

// addReferences adds the references that close circles, now that all tables are there.
func (in *installer) addReferences() {
	for _, r := range in.references {
		var sql string
		if r.key != nil {
			sql = in.d.AddForeignKey(r.table, r.key, in.sets(r.key), r.beside)
		} else {
			sql = in.d.AddReference(r.table, r.column)
		}
		in.change([]string{sql}, r.table)
	}
}

// sets reports whether the server can set those columns of a key to NULL that may be NULL, when others may not.
func (in *installer) sets(k *schema.ForeignKey) (sets bool) {
	if in.err == nil && k.Mixed() {
		sets, in.err = in.db.SetsColumns(in.ctx)
	}
	return sets
}

// inline reports whether a column's reference can be part of its own definition.
func (in *installer) inline(t *schema.Table, c *schema.Column) bool {
	return in.d.Features().DeferredRefs || t.Distribution == nil && in.exists[t.TargetOf(c).Name]
}
