package ast

import (
	"errors"
	"reflect"
	"slices"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// ExprOp is what an expression does.
type ExprOp uint8

// The expressions.
const (
	ExprColumn    ExprOp = iota
	ExprValue            // a constant, an argument
	ExprNull             // NULL
	ExprInt              // a constant of the library's own, written into the text
	ExprCall             // Fn on Args
	ExprAggregate        // Fn on Args, in the order of Orders; Conds filter its rows, Win makes it one of a window
	ExprCase             // Args[i] when Conds[i]; the last of Args when none
	ExprCond             // Conds[0] as a boolean
	ExprRaw              // Raw, SQL of the caller's
	ExprQuery            // Sub, a subquery
	ExprVia              // Args[0] in the row that Ref leads to
	ExprOuter            // Args[0] in the row of the query around
	ExprExcluded         // Col of the row that could not be inserted
	ExprFit              // Args[0], made to fail when Col cannot hold it, as Col stores it
	ExprStored           // Args[0] as Col stores it
	ExprMoment           // Args[0], a day or an instant, as the other one, that of Like
	ExprUnnest           // each element of Args[0], a list: the row is there once for each
	ExprPath             // a path into JSON that counts from an end, an argument: Val, or Given where that is [last]
	ExprPart             // Part of Args[0], a day or an instant
	ExprZone             // Args[0], an instant, whose parts are those in the zone that Val names
	ExprText             // Text, a use of a full-text index over Args, which are columns
)

// Expr is an expression without its Go types. It is immutable.
type Expr struct {
	Op       ExprOp
	Part     dialect.DatePart // of ExprColumn and ExprPart
	Fn       dialect.Func
	Distinct bool
	Like     *schema.Column // whose kind the result has
	Col      *schema.Column
	Args     []*Expr
	Orders   []Order // of ExprAggregate, which has one of Args at most
	Conds    []Cond
	Val      schema.Value
	Given    any // of ExprValue: the value in Go, for when it stands beside another kind
	N        int // of ExprInt
	Raw      *Raw
	Sub      *Subquery
	Ref      *Reference // of ExprVia
	Win      *Window
	Text     *dialect.TextSearch // of ExprText
	Err      error
}

// KindColumns stand for results that are no column, by their kind.
var KindColumns = func() (list [schema.JSON + 1]*schema.Column) {
	for k := range list {
		list[k] = &schema.Column{Kind: schema.Kind(k), Null: true}
	}
	return list
}()

// partColumn stands for the integer that a part of a date is.
var partColumn = KindColumns[schema.Int64]

// Given returns an expression, or, in place of the nil one of a zero value, one that says so when its query runs.
func Given(e *Expr) *Expr {
	if e == nil {
		return noExpr
	}
	return e
}

var noExpr = &Expr{Op: ExprNull, Like: KindColumns[schema.Null],
	Err: errors.New("a term is the zero value of its type, such as Expr{} or When{}; make it by a function such as Plus, Val or Then")}

// ColumnOf is the column of a field.
//
//go:noinline
func ColumnOf(c *scan.Codec) *Expr { return ColumnExpr(c.Column(), dialect.NoPart) }

// ColumnExpr is a column, or a part of one.
func ColumnExpr(col *schema.Column, part dialect.DatePart) *Expr {
	e := &Expr{Op: ExprColumn, Col: col, Part: part, Like: col}
	if part != dialect.NoPart {
		e.Like = partColumn
	}
	return e
}

// PartOf is a part of a day or an instant.
func PartOf(e *Expr, part dialect.DatePart) *Expr {
	if e.Op == ExprZone {
		at, zone := zoned(e)
		return Call(dialect.FuncTimePart, partColumn, at, zone, IntConst(int(part)))
	}
	if e.Op == ExprColumn && e.Part == dialect.NoPart {
		return ColumnExpr(e.Col, part)
	}
	return &Expr{Op: ExprPart, Part: part, Like: partColumn, Args: []*Expr{e}}
}

// CondExpr is a condition as a value: true or false, or NULL. A nil one is true.
func CondExpr(c *Cond) *Expr {
	all := Cond{Op: OpAnd}
	if c != nil {
		all.Kids = []Cond{*c}
	}
	return &Expr{Op: ExprCond, Like: KindColumns[schema.Bool], Conds: []Cond{all}}
}

// CountRows is the number of rows.
func CountRows() *Expr {
	return &Expr{Op: ExprAggregate, Fn: dialect.FuncCount, Like: KindColumns[schema.Int64]}
}

// ReadAs returns the codec that reads an expression into a V, and the expression, which fails when there is none.
//
//go:noinline
func ReadAs[V any](e *Expr) (*scan.Codec, *Expr) {
	c, err := scan.CodecFor(reflect.TypeFor[V](), e.Like)
	if err != nil && e.Err == nil {
		failed := *e
		failed.Err = err
		e = &failed
	}
	return c, e
}

// LikeOf returns the column whose kind a Go type has by itself.
func LikeOf[V any]() (*schema.Column, error) {
	c, err := scan.CodecFor(reflect.TypeFor[V](), nil)
	if err != nil {
		return KindColumns[schema.Null], err
	}
	return c.Column(), nil
}

// Beside returns a constant as one of the kind of a column, in which the values that it stands beside are: the text of
// a decimal, say, as a decimal. Other expressions stay as they are.
func Beside[V any](e *Expr, like *schema.Column) *Expr {
	if e.Op == ExprNull && e.Like.Kind != like.Kind && e.Err == nil {
		return &Expr{Op: ExprNull, Like: like}
	}
	if e.Op != ExprValue || e.Given == nil || e.Like.Kind == like.Kind && e.Like.Range == like.Range || e.Err != nil {
		return e
	}
	c, err := scan.CodecFor(reflect.TypeFor[V](), like)
	if err != nil {
		return e
	}
	same := *e
	same.Like = c.Column()
	same.Val, same.Err = scan.EncodeField(c, e.Given.(V))
	return &same
}

// FirstErr returns the first error of an expression; it may be nil.
func (e *Expr) FirstErr() error {
	if e == nil {
		return nil
	}
	if e.Err != nil {
		return e.Err
	}
	if err := e.nestedErr(); err != nil {
		return err
	}
	for _, a := range e.Args {
		if err := a.FirstErr(); err != nil {
			return err
		}
	}
	if err := firstErr(e.Conds); err != nil {
		return err
	}
	if err := ordersErr(e.Orders); err != nil {
		return err
	}
	if e.Win != nil {
		if err := e.Win.firstErr(); err != nil {
			return err
		}
	}
	if e.Sub != nil {
		return e.Sub.Spec.Err()
	}
	return nil
}

// IsColumn reports whether an expression is a column, of whatever row. What ignores case is columns: a text that was
// computed from one is case-sensitive, as it is on SQLite, where functions have no collation.
func (e *Expr) IsColumn() bool {
	switch e.Op {
	case ExprColumn, ExprExcluded:
		return true
	case ExprVia, ExprOuter:
		return e.Args[0].IsColumn()
	}
	return false
}

// Strict reports whether an expression is certainly NULL when all columns of its row are.
func (e *Expr) Strict() bool {
	switch e.Op {
	case ExprColumn, ExprVia:
		return true
	case ExprMoment, ExprPart, ExprZone:
		return e.Args[0].Strict()
	case ExprCall:
		return e.Fn != dialect.FuncCoalesce && e.Fn != dialect.FuncGreatest && e.Fn != dialect.FuncLeast &&
			slices.ContainsFunc(e.Args, (*Expr).Strict)
	}
	return false
}

// ReadsRows reports whether an expression reads rows of a table by a subquery; a reference is followed by one where
// there are no joins.
func (e *Expr) ReadsRows() bool {
	return e.Op == ExprQuery || e.Op == ExprVia || e.Op == ExprText || e.Op == ExprRaw && strings.Contains(strings.ToLower(e.Raw.text),
		"select")
}

// constant reports whether an expression is the same for all rows by its form, so that it needs no group.
func (e *Expr) constant() bool { return e.Op == ExprValue || e.Op == ExprNull || e.Op == ExprInt }
