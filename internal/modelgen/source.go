package modelgen

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/prom-go/prom/schema"
)

// source is the text of a Go file. What comes from a database is others' text, and code where it is written as it is.
// It gets into the file as a line of a comment ([source.comment]), as a struct tag ([structTag]), as an identifier that
// was made of its letters and digits ([goName]), or quoted by %q; and in no other way.
type source struct{ text bytes.Buffer }

func (s *source) printf(format string, args ...any) { fmt.Fprintf(&s.text, format, args...) }

// comment writes one line of a comment. What ends a line, or is not seen, is written by its escape.
func (s *source) comment(format string, args ...any) {
	s.text.WriteString("// ")
	for _, r := range fmt.Sprintf(format, args...) {
		if strconv.IsPrint(r) {
			s.text.WriteRune(r)
		} else {
			s.text.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
	}
	s.text.WriteByte('\n')
}

// structTag returns the options of a field as its tag, with a space before it, or "" when there are none.
func structTag(options []string) string {
	if len(options) == 0 {
		return ""
	}
	tag := string(tagOf(options))
	if strconv.CanBackquote(tag) {
		return " `" + tag + "`"
	}
	return " " + strconv.Quote(tag)
}

// tagValue writes the value of a tag's option.
func tagValue(s string) string {
	if strings.ContainsAny(s, ",'") || strings.TrimSpace(s) != s || s == "" {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return s
}

const (
	defaultTag   = "default="
	generatedTag = "generated="
)

// readsBack returns why prom does not read the field's tag as the column that it was made from, nil if it does. A
// default that is not one of the column's values by the rules of the tag is taken out.
func (f *field) readsBack() error {
	t, err := modelOf("t", nil, f)
	isDefault := func(option string) bool { return strings.HasPrefix(option, defaultTag) }
	if err != nil && slices.ContainsFunc(f.tag, isDefault) {
		f.tag = slices.DeleteFunc(f.tag, isDefault)
		t, err = modelOf("t", nil, f)
	}
	isType := func(option string) bool { return strings.HasPrefix(option, typeTag) }
	if err != nil && slices.ContainsFunc(f.tag, isType) { // the database tells it as well
		f.tag = slices.DeleteFunc(f.tag, isType)
		t, err = modelOf("t", nil, f)
	}
	if err != nil { // the database fills the column, in a way that no tag can say
		for i, option := range f.tag {
			if strings.HasPrefix(option, generatedTag) {
				f.tag[i] = "readonly"
			}
		}
		t, err = modelOf("t", nil, f)
	}
	if err == nil && (len(t.Columns) != 1 || t.Columns[0].Name != f.column.Name) {
		err = errors.New("its name is read as another one")
	}
	return err
}

// indexReadsBack reports whether prom reads the options of a blank field as the index that they were made from, or
// those of the only field when there are none.
func indexReadsBack(table string, ix *schema.FoundIndex, blank []string, fields ...*field) bool {
	var blanks [][]string
	if blank != nil {
		blanks = [][]string{blank}
	}
	t, err := modelOf(table, blanks, fields...)
	if err != nil || len(t.Indexes) != 1 {
		return false
	}
	got := t.Indexes[0]
	return got.Name == ix.Name && got.Unique == ix.Unique && got.Where == ix.Where && got.Method == ix.Method &&
		got.Ops == ix.Ops && got.NullsNotDistinct == ix.NullsNotDistinct &&
		slices.Equal(schema.ColumnNames(got.Include), ix.Include) &&
		slices.EqualFunc(got.Columns, ix.Columns, func(g schema.IndexColumn, c schema.FoundIndexColumn) bool {
			if g.Column == nil {
				return c.Name == "" && g.Expr == strings.TrimSpace(c.Expr) && g.Desc == c.Desc
			}
			return g.Column.Name == c.Name && g.Desc == c.Desc
		})
}

// modelOf returns what prom makes of a struct of the fields, and of blank ones with these options.
func modelOf(table string, blanks [][]string, fields ...*field) (*schema.Table, error) {
	var list []reflect.StructField
	for _, f := range fields {
		list = append(list, reflect.StructField{Name: f.name, Type: f.stored, Tag: tagOf(f.tag)})
	}
	for _, blank := range blanks {
		list = append(list, reflect.StructField{
			Name: "_", PkgPath: "main", Type: reflect.TypeFor[struct{}](), Tag: tagOf(blank),
		})
	}
	return schema.OfNamed(reflect.StructOf(list), table)
}

func tagOf(options []string) reflect.StructTag {
	return reflect.StructTag("prom:" + strconv.Quote(strings.Join(options, ",")))
}
