package driver

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/twin"
	"github.com/prom-go/prom/schema"
)

// Kind says what went wrong, the same on every engine. A Kind is an error itself, so that errors.Is(err, KindUnique)
// asks whether err is of that kind. The zero Kind is an error that is of no known kind.
type Kind uint8

// The kinds of errors.
const (
	KindOther      Kind = iota
	KindNotFound        // no row has the key, or matches the query of One
	KindStale           // the row has been changed since the value was loaded
	KindNotStored       // a trigger or a rule of the database suppressed the write of a row, without an error
	KindUnique          // a unique index or a primary key has the value already
	KindNotNull         // NULL in a column that does not take it
	KindForeignKey      // a reference to a row that does not exist, or a row that is still referred to
	KindCheck           // a CHECK constraint
	KindTooLong         // a text or bytes longer than the column, or than the engine takes
	KindNoTable         // the table does not exist
	KindNoColumn        // a column does not exist
	KindNoIndex         // no unique index on the columns of an upsert
	// a value that the column's type does not take, or a column that the field's type does not take
	KindType
	KindReadOnly       // a write on a read-only connection, transaction or file
	KindPermission     // the database's user may not do that, or was not let in
	KindBusy           // a lock was not to be had in time
	KindSerialization  // the transaction cannot be serialized with others; run it again
	KindDeadlock       // the transaction was chosen to end a deadlock; run it again
	KindTimeout        // a deadline of the context or a timeout of the server
	KindCanceled       // the context was canceled
	KindConnection     // the server cannot be reached, or the connection broke
	KindClosed         // the transaction has ended already
	KindDiskFull       // no space is left for the database
	KindCorrupt        // the database file is damaged, or is none
	KindOutcomeUnknown // a write or a commit was sent, and its answer was lost: it may have happened or not
	KindValidation     // a value breaks a rule of its field; found before any SQL
	KindTooManyRows    // one row was asked for, and there are several
	KindDrift          // the database lacks what the model wants, and may not be changed
	KindSyntax         // the database does not understand the statement, such as raw SQL with a mistake
	KindUnsupported    // the database does not support the operation: not on this kind of table, or not on a standby
	KindInternal       // the server failed inside; its own error, or one of a pooler or an extension
)

var kindTexts = [...]string{
	KindOther:          "database error",
	KindNotFound:       "not found",
	KindStale:          "stale value",
	KindNotStored:      "not stored",
	KindUnique:         "unique violation",
	KindNotNull:        "not-null violation",
	KindForeignKey:     "foreign key violation",
	KindCheck:          "check violation",
	KindTooLong:        "value too long",
	KindNoTable:        "no such table",
	KindNoColumn:       "no such column",
	KindNoIndex:        "no unique index on these columns",
	KindType:           "wrong type",
	KindReadOnly:       "read-only",
	KindPermission:     "permission denied",
	KindBusy:           "busy",
	KindSerialization:  "serialization failure",
	KindDeadlock:       "deadlock",
	KindTimeout:        "timeout",
	KindCanceled:       "canceled",
	KindConnection:     "connection failed",
	KindClosed:         "closed",
	KindDiskFull:       "disk full",
	KindCorrupt:        "database corrupt",
	KindOutcomeUnknown: "outcome unknown",
	KindValidation:     "invalid value",
	KindTooManyRows:    "more than one row",
	KindDrift:          "schema drift",
	KindSyntax:         "statement not understood",
	KindUnsupported:    "not supported",
	KindInternal:       "internal error of the server",
}

// Error returns the kind's description.
func (k Kind) Error() string {
	if int(k) < len(kindTexts) {
		return kindTexts[k]
	}
	return kindTexts[KindOther]
}

// Error is an error of the database, or one that kept a statement from reaching it. Its text names the operation, the
// table, the columns and the constraint as far as they are known, and never a value, a DSN or a password. What the
// driver said is reached by errors.As and may hold values.
type Error struct {
	Kind       Kind
	Op         string   // what was done, such as "insert"; "" when it is not known
	Table      string   // "" when it is not known
	Columns    []string // the columns at fault, as far as they are known
	Constraint string   // the name of the constraint or index, as far as it is known
	Detail     string   // more for people, free of values; "" for nothing more
	Err        error    // the cause: the driver's error, the context's, or one of this library; may be nil

	facts Facts
}

// Facts are what the library knows of an [Error] and does not show to users.
type Facts struct {
	Placed  bool   // its place is known: it was made for one statement, and nobody else holds it
	Unknown bool   // it is of KindOutcomeUnknown too: a write that may have happened
	Stale   bool   // see IsStale
	Unsent  bool   // see IsUnsent
	Raced   bool   // see IsRaced
	Standby bool   // see IsStandby
	Waited  bool   // see HasWaited
	Replica bool   // see IsReplica
	Where   string // of a connection that failed: its name, and where it leads

	Referred bool   // a row that is referred to was to go or change: the foreign key is another table's
	Failed   string // SQLite's list of the columns that failed, which only the schema can split for sure

	// Tell adds what the engine said of a statement, as far as it holds no values; nil when there is nothing to add.
	Tell func(e *Error, sql string)
}

// FactsOf returns the facts of an error, which can be changed.
func FactsOf(e *Error) *Facts { return &e.facts }

// WithFacts gives an error its facts and returns it.
func WithFacts(e *Error, f Facts) *Error {
	e.facts = f
	return e
}

// Unsent returns an error as one of a statement of which nothing was sent; see [IsUnsent].
func Unsent(e *Error) *Error {
	e.facts.Unsent = true
	return e
}

// Error returns one line of the form "prom: insert post: unique violation: column title: constraint post_title".
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("prom: ")
	if e.Op != "" {
		b.WriteString(e.Op)
		if e.Table != "" {
			b.WriteString(" " + e.Table)
		}
		b.WriteString(": ")
	}
	b.WriteString(e.Kind.Error())
	if e.Op == "" && e.Table != "" {
		b.WriteString(": table " + e.Table)
	}
	switch {
	case len(e.Columns) == 0, e.Kind == KindValidation: // its detail names the fields
	case len(e.Columns) == 1:
		b.WriteString(": column " + e.Columns[0])
	default:
		b.WriteString(": columns " + strings.Join(e.Columns, ", "))
	}
	if e.Constraint != "" {
		b.WriteString(": constraint " + e.Constraint)
	}
	if e.facts.Where != "" {
		b.WriteString(": " + e.facts.Where)
	}
	if e.Detail != "" {
		b.WriteString(": " + e.Detail)
	}
	if e.facts.Unknown {
		b.WriteString("; the write may have happened")
	}
	return b.String()
}

// MarshalJSON writes the kind, the place and the text of the error. Its cause, which may hold values, is left out.
func (e *Error) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Kind       string   `json:"kind"`
		Op         string   `json:"op,omitempty"`
		Table      string   `json:"table,omitempty"`
		Columns    []string `json:"columns,omitempty"`
		Constraint string   `json:"constraint,omitempty"`
		Error      string   `json:"error"`
	}{e.Kind.Error(), e.Op, e.Table, e.Columns, e.Constraint, e.Error()})
}

// GoString is what %#v shows: the text of the error, and nothing of its cause.
func (e *Error) GoString() string { return fmt.Sprintf("&prom.Error{%q}", e.Error()) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is the kind of e. A write outside of a transaction whose answer was lost, by the end of its
// context or a broken connection, is of that kind and of KindOutcomeUnknown.
func (e *Error) Is(target error) bool {
	k, ok := KindIn(target)
	return ok && (k == e.Kind || k == KindOutcomeUnknown && e.facts.Unknown)
}

// KindIn returns the kind that a target of errors.Is asks for, one of this package or of package prom.
func KindIn(target error) (Kind, bool) {
	if k, ok := target.(Kind); ok { //nolint:errorlint // it is a target of errors.Is
		return k, true
	}
	k, ok := twin.Kind(target)
	return Kind(k), ok
}

// As finds the error as what users know it as.
func (e *Error) As(target any) bool { return twin.As(e, target) }

// Is reports whether target is the same kind as users know it.
func (k Kind) Is(target error) bool {
	own, ok := twin.Kind(target)
	return ok && Kind(own) == k
}

// AsIs returns err as an Error when it is one itself, of this package or of package prom, and else nil.
func AsIs(err error) *Error {
	switch e := err.(type) { //nolint:errorlint // what it wraps is the caller's
	case *Error:
		return e
	case interface{ As(target any) bool }:
		var own *Error
		if e.As(&own) {
			return own
		}
	}
	return nil
}

// KindOf returns the kind of err, KindOther when it has none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return KindOther
}

// Invalid returns an error of KindValidation for a cause whose text is free of values.
func Invalid(op, table string, cause error) *Error {
	return &Error{Kind: KindValidation, Op: op, Table: table, Detail: strings.TrimPrefix(cause.Error(), "prom: "),
		Err: cause}
}

// Complete gives an error its place: the operation, the table, and a column unless that is "". It is false for an
// error that holds none of this package's. One that was not made for a statement may be an application's, whose
// codecs and hooks return what they like, a package's variable too: it is left as it is, and is the cause of the
// error that is returned.
func Complete(err error, op string, t *schema.Table, column string) (completed error, ok bool) {
	var e *Error
	if !errors.As(err, &e) {
		return err, false
	}
	if !e.facts.Placed {
		own := *e
		own.Err, own.facts.Placed, own.Columns = err, true, slices.Clone(e.Columns)
		if own.Op == "" {
			own.Op = op
		}
		if AsIs(err) != e {
			own.Detail = strings.TrimPrefix(err.Error(), "prom: ")
		}
		e, err = &own, &own
	}
	if column != "" && e.Columns == nil {
		e.Columns = []string{column}
	}
	Locate(e, t)
	return err, true
}

// Locate completes an error from the schema of the table that the statement was about: the constraint of known columns,
// or the columns of a known constraint. Each engine tells only one of the two.
func Locate(e *Error, t *schema.Table) {
	if e.facts.Failed != "" {
		e.locateFailed(t)
	}
	e.ofWhole(t)
	others := e.Table != "" && e.Table != t.Name && e.Op != "insert"
	if e.Table == "" {
		e.Table = t.Name
	}
	if e.Kind == KindForeignKey && e.Detail == "" && (e.Op == "delete" || others || e.facts.Referred) {
		e.Detail = ReferredAdvice
	}
	if e.Table != t.Name {
		return
	}
	switch e.Kind {
	case KindUnique:
		for _, ix := range t.Indexes {
			if schema.Numbered(e.Constraint, ix.Name) {
				e.Columns = slices.DeleteFunc(ix.Names(), func(name string) bool { return name == "" })
				return
			}
			if e.Constraint == ix.Name || e.Constraint == "" && ix.Unique && slices.Equal(e.Columns, ix.Names()) {
				e.Constraint, e.Columns = ix.Name, slices.DeleteFunc(ix.Names(), func(name string) bool { return name == "" })
				return
			}
		}
		key, pkey := schema.ColumnNames(t.Key), schema.IndexName(t.Name, "pkey") // as PostgreSQL calls it
		if e.Constraint == pkey || e.Constraint == "" && len(key) > 0 && slices.Equal(e.Columns, key) {
			e.Constraint, e.Columns = pkey, key
		}
	case KindCheck:
		for _, c := range t.Columns {
			if own := t.CheckName(c); e.Constraint == own || schema.Numbered(e.Constraint, own) {
				e.Columns = []string{c.Name}
				return
			}
		}
	case KindForeignKey:
		e.locateReference(t)
	}
}

// ReferredAdvice says what to do when a row cannot be deleted, or change its key, because others refer to it.
const ReferredAdvice = "other rows refer to the row: delete or change them first, or give their reference the tag option " +
	"ondelete=cascade or ondelete='set null'"

// locateReference finds the columns of a foreign key by its name, or its name by the columns. SQLite knows at most the
// columns, as the database writes them.
func (e *Error) locateReference(t *schema.Table) {
	is := func(name string, columns []string) bool {
		found := e.Constraint == name || schema.Numbered(e.Constraint, name) ||
			e.Constraint == "" && slices.EqualFunc(e.Columns, columns, strings.EqualFold)
		if found {
			e.Constraint, e.Columns = cmp.Or(e.Constraint, name), columns
		}
		return found
	}
	for _, c := range t.References() {
		if is(dialect.ReferenceName(t, c), []string{c.Name}) {
			return
		}
	}
	for _, k := range t.ForeignKeys {
		if is(dialect.ForeignKeyName(t, k), schema.ColumnNames(k.Columns)) {
			return
		}
	}
}

// locateFailed finds the columns of SQLite's list, "post.title, post.author", whose names may hold points and commas.
func (e *Error) locateFailed(t *schema.Table) {
	lists := [][]string{schema.ColumnNames(t.Key)}
	for _, ix := range t.Indexes {
		lists = append(lists, ix.Names())
	}
	for _, c := range t.Columns {
		lists = append(lists, []string{c.Name})
	}
	local := t.Local() // without its database, which SQLite does not tell
	for _, names := range lists {
		if len(names) > 0 && e.facts.Failed == local+"."+strings.Join(names, ", "+local+".") {
			e.Table, e.Columns = t.Name, names
			return
		}
	}
	if e.Table == local {
		e.Table = t.Name
	}
}

// IsStale reports whether a statement failed because the connection had prepared it before the table changed. Outside a
// transaction it works when it is run again.
func IsStale(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.facts.Stale
}

// IsReplica reports whether a standby that was to answer a read has not: the primary may.
func IsReplica(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.facts.Replica
}

// IsStandby reports whether a statement was refused because the server is a standby, or may be one, where the
// connection was to write. Nothing has happened, and the connection is not used again: another one may lead to the
// primary.
func IsStandby(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.facts.Standby
}

// HasWaited reports whether a statement has waited for a connection that could not be made, and gave up. To run it once
// more would be to wait once more.
func HasWaited(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.facts.Waited
}

// IsRaced reports whether DDL failed because somebody else made the same thing at the same moment. It is never a unique
// error of the application's data.
func IsRaced(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.facts.Raced
}

// IsUnsent reports whether a statement failed before anything was sent to the server, so that running it again cannot
// do it twice.
func IsUnsent(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.facts.Unsent
}

// NotStored returns the error of a write that the database has suppressed without an error of its own.
func NotStored(op, table string) *Error {
	return &Error{Kind: KindNotStored, Op: op, Table: table,
		Detail: "a trigger, a rule or ON CONFLICT IGNORE of the database suppressed the write"}
}

// ContextError translates the end of a context, and returns any other error as it is.
func ContextError(err error) error {
	if e := EndOfContext(err); e != nil {
		return e
	}
	return err
}

// Ended returns why a context has ended, or nil. A deadline that has passed is an end, also when the context itself,
// whose timer may be late, does not say so yet: statements hear of their deadlines by the clock.
func Ended(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if end, ok := ctx.Deadline(); ok && !time.Now().Before(end) {
		return context.DeadlineExceeded
	}
	return nil
}

// DeadlinePassed is the detail of the error of a deadline.
const DeadlinePassed = "the context's deadline has passed"

// EndOfContext translates the end of a context, or returns nil.
func EndOfContext(err error) *Error {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return &Error{Kind: KindTimeout, Detail: DeadlinePassed, Err: err}
	case errors.Is(err, context.Canceled):
		return &Error{Kind: KindCanceled, Detail: "the context was canceled", Err: err}
	}
	return nil
}

// Describe completes an error by what the statement was.
func Describe(err error, st *Statement) error {
	if e, ok := err.(*Error); ok {
		e.Op, e.facts.Placed = st.Op, true
		if e.Table == "" {
			e.Table = st.Table
		}
		if tell := e.facts.Tell; tell != nil {
			e.facts.Tell = nil
			tell(e, st.SQL)
		}
	}
	return err
}
