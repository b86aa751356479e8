package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/sqltext"
	"github.com/prom-go/prom/schema"
)

// RawStatement is a whole statement that the caller wrote, with its arguments. It is an immutable value.
type RawStatement struct {
	sql  sqltext.Statement
	size int // of the text
	args []schema.Value
}

// NewRawStatement reads a statement with a question mark for each argument, as [Raw] does. It may hold comments of both
// forms. It is none that begins or ends a transaction: the connection must know about these.
func NewRawStatement(sql string, args []any) (RawStatement, error) {
	parsed, err := sqltext.Parse(sql)
	if err != nil {
		return RawStatement{}, err
	}
	s := RawStatement{sql: parsed, size: len(sql), args: make([]schema.Value, len(args))}
	if s.sql.Args == nil && len(s.sql.Parts) != len(args)+1 {
		return RawStatement{}, ast.ArgsError(len(s.sql.Parts)-1, len(args))
	}
	if err := s.numbered(len(args)); err != nil {
		return RawStatement{}, err
	}
	for i, a := range args {
		if s.args[i], err = ast.ValueOf(a); err != nil {
			return RawStatement{}, fmt.Errorf("argument %d of the raw SQL: %w", i+1, err)
		}
	}
	return s, nil
}

// numbered returns an error when the numbers in the statement are not those of its arguments.
func (s RawStatement) numbered(args int) error {
	if s.sql.Args == nil {
		return nil
	}
	used := make([]bool, args)
	for _, n := range s.sql.Args {
		if n >= args {
			return fmt.Errorf("the raw SQL has $%d, and there are %d arguments", n+1, args)
		}
		used[n] = true
	}
	if n := slices.Index(used, false); n >= 0 {
		return fmt.Errorf("the raw SQL has no $%d for argument %d", n+1, n+1)
	}
	return nil
}

// Reads reports whether the statement is one that only reads, but for what functions in it do.
func (s RawStatement) Reads() bool {
	return s.sql.Lead == "SELECT" || s.sql.Lead == "VALUES" || s.sql.Lead == "TABLE"
}

// Writes reports whether the statement is one that may write to tables and return rows of what it has written.
func (s RawStatement) Writes() bool {
	switch s.sql.Lead {
	case "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "WITH":
		return true
	}
	return false
}

// Commits reports whether the statement may commit in its midst, as a procedure can.
func (s RawStatement) Commits() bool { return s.sql.Lead == "CALL" || s.sql.Lead == "DO" }

// Args returns the arguments, which must not be changed.
func (s RawStatement) Args() []schema.Value { return s.args }

// SQL returns the statement as an engine takes it.
func (s RawStatement) SQL(d dialect.Dialect) string {
	if len(s.sql.Parts) == 1 {
		return s.sql.Parts[0]
	}
	numbered := d.Features().NumberedArgs
	var b strings.Builder
	b.Grow(s.size + 2*len(s.sql.Parts))
	for i, part := range s.sql.Parts {
		number := i
		if i > 0 && s.sql.Args != nil {
			number = s.sql.Args[i-1] + 1
		}
		switch {
		case i == 0:
		case numbered:
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(number))
		case s.sql.Args != nil:
			b.WriteByte('?')
			b.WriteString(strconv.Itoa(number))
		default:
			b.WriteByte('?')
		}
		b.WriteString(part)
	}
	return b.String()
}
