package main

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/prom-go/prom"
)

type change struct{ old, new operations }

// key is what all models have. The table of a case is named by its command.
type key struct {
	ID int64 `prom:"key,auto"`
}

type (
	plain struct {
		key
		Name string
	}
	optionalColumn struct {
		key
		Name string
		Note *string
	}
	defaultColumn struct {
		key
		Name string
		Kind string `prom:"default=d"`
	}
	otherDefault struct {
		key
		Name string
		Kind string `prom:"default=e"`
	}
	requiredColumn struct {
		key
		Name string
		Kind string
	}
	renamed struct {
		key
		Title string `prom:"was=name"`
	}
	nullName struct {
		key
		Name *string
	}
	nullRenamed struct {
		key
		Title *string `prom:"was=name"`
	}
	narrowNumber struct {
		key
		Count int32
	}
	wideNumber struct {
		key
		Count int64
	}
	shortText struct {
		key
		Name string `prom:"size=1..3"`
	}
	longText struct {
		key
		Name string `prom:"size=1..9"`
	}
	uniqueName struct {
		key
		Name string `prom:"unique"`
	}
	fewChoices struct {
		key
		Name string `prom:"choices=a|b"`
	}
	moreChoices struct {
		key
		Name string `prom:"choices=a|b|c"`
	}
	target struct {
		key
		Name string
	}
	optionalReference struct {
		key
		Name   string
		Target *prom.Ref[target]
	}
	requiredReference struct {
		key
		Name   string
		Target prom.Ref[target]
	}
	softDelete struct {
		key
		Name string
		Gone *time.Time `prom:"deleted"`
	}
	versioned struct {
		key
		Name    string
		Version int `prom:"version"`
	}
)

func text(s string) *string {
	if s == "null" {
		return nil
	}
	return &s
}

func shown(s *string) string {
	if s == nil {
		return "null"
	}
	return *s
}

func number(s string) (n int64) {
	_, _ = fmt.Sscan(s, &n)
	return n
}

var targets = prom.NewRepo[target]()

var (
	ofPlain    = of(func(s string) plain { return plain{Name: s} }, func(r *plain) string { return r.Name })
	ofNullName = of(func(s string) nullName { return nullName{Name: text(s)} },
		func(r *nullName) string { return shown(r.Name) })
	ofOptional = of(func(s string) optionalColumn { return optionalColumn{Name: s, Note: text(s)} },
		func(r *optionalColumn) string { return r.Name + "/" + shown(r.Note) })
	ofDefault = of(func(s string) defaultColumn { return defaultColumn{Name: s} },
		func(r *defaultColumn) string { return r.Name + "/" + r.Kind })
	ofOtherDefault = of(func(s string) otherDefault { return otherDefault{Name: s} },
		func(r *otherDefault) string { return r.Name + "/" + r.Kind })
	ofRequired = of(func(s string) requiredColumn { return requiredColumn{Name: s, Kind: s} },
		func(r *requiredColumn) string { return r.Name + "/" + r.Kind })
	ofNarrow = of(func(s string) narrowNumber { return narrowNumber{Count: int32(number(s))} },
		func(r *narrowNumber) string { return fmt.Sprint(r.Count) })
	ofWide = of(func(s string) wideNumber { return wideNumber{Count: number(s)} },
		func(r *wideNumber) string { return fmt.Sprint(r.Count) })
	ofShort = of(func(s string) shortText { return shortText{Name: s} }, func(r *shortText) string { return r.Name })
	ofLong  = of(func(s string) longText { return longText{Name: s} }, func(r *longText) string { return r.Name })
	ofFew   = of(func(s string) fewChoices { return fewChoices{Name: s} }, func(r *fewChoices) string { return r.Name })
	ofMore  = of(func(s string) moreChoices { return moreChoices{Name: s} }, func(r *moreChoices) string { return r.Name })
)

var changes = map[string]change{
	"add an optional column":      {ofPlain, ofOptional},
	"add a column with a default": {ofPlain, ofDefault},
	"add a required column":       {ofPlain, ofRequired},
	"drop an optional field":      {ofOptional, ofPlain},
	"drop a field with a default": {ofDefault, ofPlain},
	"drop a required field":       {ofRequired, ofPlain},
	"change a default":            {ofDefault, ofOtherDefault},
	"widen a number":              {ofNarrow, ofWide},
	"narrow a number":             {ofWide, ofNarrow},
	"widen a length":              {ofShort, ofLong},
	"narrow a length":             {ofLong, ofShort},
	"add a length":                {ofPlain, ofShort},
	"add a choice":                {ofFew, ofMore},
	"take a choice away":          {ofMore, ofFew},
	"make a column required":      {ofNullName, ofPlain},
	"let a column be NULL":        {ofPlain, ofNullName},
	"rename a required column": {ofPlain, of(func(s string) renamed { return renamed{Title: s} },
		func(r *renamed) string { return r.Title })},
	"rename an optional column": {ofNullName, of(func(s string) nullRenamed { return nullRenamed{Title: text(s)} },
		func(r *nullRenamed) string { return shown(r.Title) })},
	"add a unique index": {ofPlain, of(func(s string) uniqueName { return uniqueName{Name: s} },
		func(r *uniqueName) string { return r.Name })},
	"add an optional reference to a new table": {ofPlain,
		of(func(s string) optionalReference { return optionalReference{Name: s} },
			func(r *optionalReference) string { return fmt.Sprint(r.Name, "/", r.Target != nil) })},
	"add a required reference to a new table": {ofPlain,
		of(func(s string) requiredReference {
			to := target{Name: s}
			if err := targets.Create(context.Background(), &to); err != nil {
				panic(err)
			}
			return requiredReference{Name: s, Target: prom.RefTo(&to)}
		}, func(r *requiredReference) string { return r.Name })},
	"add soft delete": {ofPlain, of(func(s string) softDelete { return softDelete{Name: s} },
		func(r *softDelete) string { return r.Name })},
	"add a version": {ofPlain, of(func(s string) versioned { return versioned{Name: s} },
		func(r *versioned) string { return fmt.Sprint(r.Name, "/", cmp.Compare(r.Version, 1)) })},
}
