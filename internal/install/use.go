package install

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/dsn"
	"github.com/prom-go/prom/schema"
)

func init() { db.OnUse(use) }

// inUse begins a row of the history that changes nothing: a comment which says that a build of a program stores columns
// of the table, and when that was seen last. Who replays the history as a script does nothing by it.
const inUse = "-- in use by "

const (
	useEvery = 20 * time.Hour // a row that is younger is not written again

	// For what nobody's call may wait longer: for an answer of the server, or for those who write to the file.
	useTimeout     = 2 * time.Second
	useTimeoutFile = 100 * time.Millisecond
)

// use writes down that the program stores a table, where the history is and may be written. That it cannot is no error
// of the call in which it is tried: then the history does not know the program.
func use(ctx context.Context, on *db.DB, t *schema.Table) {
	if !tells(on) || on.DSN().Path == dsn.Memory || on.DSN().Options.Install == dsn.InstallOff || on.InTx(ctx) ||
		on.Forgotten(ctx) || t.Name == changes().Name {
		return
	}
	limit := useTimeout
	if on.DSN().Dialect == dsn.SQLite {
		limit = useTimeoutFile
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	_ = warnOfFormer(ctx, on, t)
	_ = writeUse(ctx, on, t)
}

// tells reports whether a connection writes a history.
func tells(on *db.DB) bool { return !on.DSN().Options.NoHistory && !on.ReadOnly() }

// ownUses are the rows about uses that this process has written, which are no other program's.
var ownUses sync.Map // ownUse → struct{}

type ownUse struct{ table, statement string }

func writeUse(ctx context.Context, on *db.DB, t *schema.Table) error {
	uses, err := on.Uses(ctx, t.Name, inUse, time.Now().Add(-useEvery))
	if err != nil || uses == nil { // without a history
		return err
	}
	statement := inUse + build() + ": " + dialect.QuoteList(schema.ColumnNames(t.Columns))
	if slices.ContainsFunc(uses, func(u db.Use) bool { return u.Statement == statement }) {
		return nil
	}
	ownUses.Store(ownUse{t.Name, statement}, struct{}{})
	h := history{there: true}
	if err := h.write(ctx, on, t, statement); err != nil {
		return err
	}
	sql := `DELETE FROM ` + dialect.Quote(db.HistoryTable) + ` WHERE "table_name" = ? AND "statement" = ? AND "at" < ?`
	if on.Dialect().Features().NumberedArgs {
		sql = `DELETE FROM ` + dialect.Quote(db.HistoryTable) + ` WHERE "table_name" = $1 AND "statement" = $2 AND "at" < $3`
	}
	return exec(ctx, on, db.HistoryTable, sql, schema.TextValue(schema.Text, t.Name),
		schema.TextValue(schema.Text, statement), schema.TimeValue(schema.Time, time.Now().Add(-useEvery)))
}

// users are the other programs that store a table, as far as they are known: builds that the history has seen, and
// other models of this program.
type users struct {
	uses   []db.Use
	models []*schema.Table
}

// users looks for programs that store the table and were seen as lately as the connection's option in_use says.
func (p *planner) users() (u users, err error) {
	for _, other := range p.db.Known() {
		if other.Name == p.table.Name && other.Model != p.table.Model {
			u.models = append(u.models, other)
		}
	}
	period := p.db.DSN().Options.InUse
	if period == 0 {
		period = dsn.DefaultInUse
	}
	if p.db.DSN().Options.NoHistory || period < 0 {
		return u, nil
	}
	u.uses, err = p.db.Uses(p.ctx, p.table.Name, inUse, time.Now().Add(-period))
	u.uses = slices.DeleteFunc(u.uses, func(use db.Use) bool {
		_, own := ownUses.Load(ownUse{p.table.Name, use.Statement})
		return own
	})
	return u, err
}

// of tells which of the programs stores a column; "" for none.
func (u users) of(column string) string {
	for _, t := range u.models {
		if slices.Contains(schema.ColumnNames(t.Columns), column) {
			return "the model " + t.Model.String()
		}
	}
	for _, use := range slices.Backward(u.uses) { // the latest one
		program, columns, _ := strings.Cut(strings.TrimPrefix(use.Statement, inUse), `: "`)
		if slices.Contains(strings.Split(strings.TrimSuffix(columns, `"`), `", "`), strings.Trim(dialect.Quote(column), `"`)) {
			return program + ", seen on " + use.At.UTC().Format(time.DateOnly)
		}
	}
	return ""
}

// ofDrift tells which of the programs stores a column that is not the model's, or one of which an index or a constraint
// is.
func (u users) ofDrift(d *schema.Drift) string {
	var columns []string
	switch at := d.At; {
	case d.Sort != schema.Extra:
	case at.HaveColumn != nil:
		columns = []string{d.Name}
	case at.HaveKey != nil:
		columns = at.HaveKey.Columns
	case at.HaveIndex != nil:
		for _, c := range at.HaveIndex.Columns {
			columns = append(columns, c.Name)
		}
	}
	return u.ofAny(columns)
}

// ofAny tells which of the programs stores one of some columns; "" for none.
func (u users) ofAny(columns []string) string {
	for _, column := range columns {
		if user := u.of(column); column != "" && user != "" {
			return user
		}
	}
	return ""
}

// build names the program and its build: its package, and the version of its module or of the repository that it was
// built from. What no version tells, such as a build with changes that were not committed, is told apart by the size
// and the time of its file.
var build = sync.OnceValue(func() string {
	info, _ := debug.ReadBuildInfo()
	name, exact := buildOf(info)
	if exact {
		return name
	}
	file, err := os.Executable()
	if err != nil {
		return name
	}
	stat, err := os.Stat(file)
	if err != nil {
		return name
	}
	sum := sha256.Sum256(fmt.Append(nil, stat.Size(), stat.ModTime().UnixNano()))
	return name + " " + hex.EncodeToString(sum[:6])
})

// buildOf names a build, and reports whether no other build has that name.
func buildOf(info *debug.BuildInfo) (name string, exact bool) {
	if info == nil {
		return "unknown", false
	}
	revision, dirty := "", false
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value[:min(len(s.Value), 12)]
		case "vcs.modified":
			dirty = s.Value == "true"
		}
	}
	version := info.Main.Version
	dirty = dirty || strings.HasSuffix(version, "+dirty")
	if version == "" || version == "(devel)" {
		version = revision
	}
	name = strings.NewReplacer("\n", " ", `"`, "").Replace(strings.TrimSpace(info.Path + " " + version))
	return name, version != "" && !dirty
}
