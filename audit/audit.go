package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/core"
)

// The values of Op of an [Entry].
const (
	Insert   = "insert"   // the row was inserted
	Update   = "update"   // the row was updated, or soft-deleted
	Delete   = "delete"   // the row was deleted
	Truncate = "truncate" // all rows of the table were deleted by TRUNCATE on PostgreSQL; one entry, without a key
)

// Entry is a row of the audit log: one change of one row. It is a model like any other. Only the database writes to its
// table.
type Entry struct {
	ID    int64           `prom:"key,auto"` // in the order in which the database wrote them
	At    time.Time       `prom:"index"`    // when, by the clock of the database; on SQLite in milliseconds
	Actor string          // who, see [prom.WithActor]; "" for nobody known
	Op    string          // what: [Insert], [Update], [Delete] or [Truncate]
	Table string          `prom:"table_name"` // the table, as the model names it
	Key   string          `prom:"row_key"`    // the primary key of the row before the change; see [Row]
	Old   json.RawMessage // the values before, by column: {} for Insert; for Update those that changed
	New   json.RawMessage // the values after, by column: {} for Delete; for Update those that changed
	_     struct{}        `prom:"index=row,on='table_name, row_key, id'"`
}

// TableName returns the name of the audit log's table.
func (Entry) TableName() string { return dialect.AuditTable }

var entry = prom.Proto[Entry]()

// The fields of an [Entry], for conditions and orders.
var (
	ID    = prom.NumberOf(entry, &entry.ID)  // the order of the entries
	At    = prom.TimeOf(entry, &entry.At)    // when the row was changed
	Actor = prom.TextOf(entry, &entry.Actor) // who changed it
	Op    = prom.TextOf(entry, &entry.Op)    // what was done: [Insert], [Update], [Delete] or [Truncate]
	Table = prom.TextOf(entry, &entry.Table) // the table, as the model names it; see [Of]
	Key   = prom.TextOf(entry, &entry.Key)   // the primary key of the row as a text; see [Row]
	Old   = prom.JSONOf(entry, &entry.Old)   // the values before, a JSON object by column
	New   = prom.JSONOf(entry, &entry.New)   // the values after, a JSON object by column
)

// NewRepo returns a repo of the audit log, whose options are those of [prom.NewRepo]. The log of tables in a schema, or
// in an attached database of SQLite, lies there too: name it by [prom.Table], such as "shop.prom_audit".
func NewRepo(options ...prom.RepoOption) *prom.Repo[Entry] { return prom.NewRepo[Entry](options...) }

// Of is the condition of entries about the table of a repo.
func Of(repo prom.AnyRepo) prom.Cond[*Entry] { return Table.Eq(repo.Schema().Name) }

// Row is the condition of entries about a row: that of the table of a repo with a primary key, of which a composite one
// has several values. A key that does not fit the model is the error of the query.
//
// Key of an entry is the text of the value: 42, a UUID, \x and hexadecimal digits for bytes. That of a composite key is
// a JSON array of these texts. Row does not support keys that are times, dates, times of day or decimals, whose texts
// differ between engines: compare [Key] with the text of another entry.
func Row(repo prom.AnyRepo, key ...any) prom.Cond[*Entry] {
	text, err := core.Of(repo).AuditKey(key)
	if err != nil {
		return prom.Sqlizer(entry, failed{err})
	}
	return prom.And(Of(repo), Key.Eq(text))
}

// failed is a condition that cannot be used.
type failed struct{ err error }

// ToSql implements squirrel's Sqlizer.
func (f failed) ToSql() (string, []any, error) { return "", nil, f.err } //nolint:revive // the name is squirrel's

// Change is the change of one column; see [Entry.Changes].
type Change struct {
	Column   string          // the name of the column
	Old, New json.RawMessage // its value before and after, as JSON; nil if there was none
}

// Changes lists the columns of an entry with their values before and after, by name. An insert has no values before,
// and a delete has none after. It fails if Old or New is not a JSON object.
func (e *Entry) Changes() ([]Change, error) {
	var old, now map[string]json.RawMessage
	if err := errors.Join(unmarshal(e.Old, &old), unmarshal(e.New, &now)); err != nil {
		return nil, fmt.Errorf("prom: audit: entry %d: its values are no JSON objects: %w", e.ID, err)
	}
	var list []Change
	for name, value := range old {
		list = append(list, Change{Column: name, Old: value, New: now[name]})
	}
	for name, value := range now {
		if _, both := old[name]; !both {
			list = append(list, Change{Column: name, New: value})
		}
	}
	slices.SortFunc(list, func(a, b Change) int { return strings.Compare(a.Column, b.Column) })
	return list, nil
}

func unmarshal(text json.RawMessage, to *map[string]json.RawMessage) error {
	if text == nil {
		return nil
	}
	return json.Unmarshal(text, to)
}
