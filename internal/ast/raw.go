package ast

import (
	"errors"
	"fmt"

	"github.com/prom-go/prom/internal/sqltext"
	"github.com/prom-go/prom/schema"
)

// Raw is SQL that the caller wrote.
type Raw struct {
	Parts []string // the text around the arguments: one more than args; ?? is undone
	text  string   // the text as given, for the shape
	Args  []RawArg
}

// RawArg is a value, or a term of the row.
type RawArg struct {
	Val  schema.Value
	Term *Expr
}

// NewRaw makes the expression of SQL whose result is like a column.
func NewRaw(like *schema.Column, sql string, args []any, term func(any) *Expr) *Expr {
	raw := &Raw{text: sql, Args: make([]RawArg, len(args))}
	e := &Expr{Op: ExprRaw, Like: like, Raw: raw}
	raw.Parts, e.Err = sqltext.Fragment(sql)
	if e.Err == nil && len(raw.Parts) != len(args)+1 {
		e.Err = ArgsError(len(raw.Parts)-1, len(args))
	}
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
	return e
}

// ArgsError says that raw SQL has another number of arguments than of places for them.
func ArgsError(marks, args int) error {
	return fmt.Errorf("the raw SQL has %d question marks for %d arguments (a question mark itself is ??)", marks, args)
}
