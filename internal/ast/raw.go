package ast

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/prom-go/prom/internal/sqltext"
	"github.com/prom-go/prom/schema"
)

// Raw is SQL that the caller wrote.
type Raw struct {
	Parts []string // the text around the arguments: one more than args; ?? is undone
	// Engines are the Parts by the engine's name, where the engines have different texts
	Engines map[string][]string
	text    string // the text as given, for the shape
	Args    []RawArg
}

// RawArg is a value, or a term of the row.
type RawArg struct {
	Val  schema.Value
	Term *Expr
}

// NewRaw makes the expression of SQL whose result is like a column.
func NewRaw(like *schema.Column, sql string, args []any, term func(any) *Expr) *Expr {
	raw := &Raw{text: sql}
	e := &Expr{Op: ExprRaw, Like: like, Raw: raw}
	raw.Parts, e.Err = fragment(sql, len(args))
	e.rawArgs(args, term)
	return e
}

// NewEngineRaw makes such an expression with a text for each of the named engines; an empty one is left out.
func NewEngineRaw(like *schema.Column, sql map[string]string, args []any, term func(any) *Expr) *Expr {
	raw := &Raw{Engines: map[string][]string{}}
	e := &Expr{Op: ExprRaw, Like: like, Raw: raw}
	for _, name := range slices.Sorted(maps.Keys(sql)) {
		if raw.text += "\x00" + sql[name]; sql[name] == "" {
			continue
		}
		parts, err := fragment(sql[name], len(args))
		if err != nil && e.Err == nil {
			e.Err = fmt.Errorf("the SQL for %s: %w", name, err)
		}
		raw.Engines[name] = parts
	}
	e.rawArgs(args, term)
	return e
}

// fragment returns the parts of SQL with so many arguments.
func fragment(sql string, args int) ([]string, error) {
	parts, err := sqltext.Fragment(sql)
	if err == nil && len(parts) != args+1 {
		err = ArgsError(len(parts)-1, args)
	}
	return parts, err
}

// rawArgs sets the arguments of raw SQL.
func (e *Expr) rawArgs(args []any, term func(any) *Expr) {
	raw := e.Raw
	raw.Args = make([]RawArg, len(args))
	for i, a := range args {
		if t := term(a); t != nil {
			raw.Args[i].Term, e.Args = t, append(e.Args, t)
			continue
		}
		var err error
		if _, field := a.(interface{ Column() *schema.Column }); field {
			err = errors.New("the field belongs to another model")
		} else {
			raw.Args[i].Val, err = ValueOf(a)
		}
		if err != nil && e.Err == nil {
			e.Err = fmt.Errorf("argument %d of the raw condition: %w", i+1, err)
		}
	}
}

// ArgsError says that raw SQL has another number of arguments than of places for them.
func ArgsError(marks, args int) error {
	return fmt.Errorf("the raw SQL has %d question marks for %d arguments (a question mark itself is ??)", marks, args)
}
