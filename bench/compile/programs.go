//go:build unix

package main

import (
	"fmt"
	"strings"
)

// The two kinds of models that prom has targets for.
const (
	withHandles    = "five handles"
	withoutHandles = "no handle"
)

// library is one whose models are compiled.
type library struct {
	name  string
	kind  string // of what prom's targets are about; "" for others
	main  string // of a program: its further imports, and what opens both engines, so that its size is that of a real one
	head  string // of the package of models
	model string // a model of six fields beside its key and times, and the calls that a service makes; %[1]d is its number
}

// What the two kinds have in common.
const (
	promHead = `package models

import (
	"context"
	"time"

	"github.com/prom-go/prom"
)
`
	promModel = `
type Model%[1]d struct {
	prom.Model
	Name  string
	Note  *string
	Count int
	Score float64
	Done  bool
	At    time.Time
}
`
)

// libraries are those that are compared. The first are prom.
var libraries = []library{
	{
		name: "prom, five handles a model", kind: withHandles,
		head: promHead,
		model: promModel + `
var (
	repo%[1]d  = prom.NewRepo[Model%[1]d]()
	model%[1]d = prom.Proto[Model%[1]d]()
	name%[1]d  = prom.TextOf(model%[1]d, &model%[1]d.Name)
	note%[1]d  = prom.NullTextOf(model%[1]d, &model%[1]d.Note)
	count%[1]d = prom.NumberOf(model%[1]d, &model%[1]d.Count)
	done%[1]d  = prom.FieldOf(model%[1]d, &model%[1]d.Done)
	at%[1]d    = prom.TimeOf(model%[1]d, &model%[1]d.At)
)

func use%[1]d(ctx context.Context) error {
	v := Model%[1]d{Name: "a"}
	if err := repo%[1]d.Create(ctx, &v); err != nil {
		return err
	}
	got, err := repo%[1]d.Get(ctx, v.ID)
	if err != nil {
		return err
	}
	got.Count++
	if err := repo%[1]d.Update(ctx, got); err != nil {
		return err
	}
	all, err := repo%[1]d.Where(name%[1]d.Eq("a"), note%[1]d.IsNull(), count%[1]d.Gt(3), done%[1]d.Eq(true)).
		OrderBy(at%[1]d.Desc()).Limit(10).All(ctx)
	if err != nil || len(all) == 0 {
		return err
	}
	return repo%[1]d.Delete(ctx, got)
}
`,
	},
	{
		name: "prom, no handle", kind: withoutHandles,
		head: promHead,
		model: promModel + `
var repo%[1]d = prom.NewRepo[Model%[1]d]()

func use%[1]d(ctx context.Context) error {
	v := Model%[1]d{Name: "a"}
	if err := repo%[1]d.Create(ctx, &v); err != nil {
		return err
	}
	got, err := repo%[1]d.Get(ctx, v.ID)
	if err != nil {
		return err
	}
	got.Count++
	if err := repo%[1]d.Update(ctx, got); err != nil {
		return err
	}
	all, err := repo%[1]d.Query().Limit(10).All(ctx)
	if err != nil || len(all) == 0 {
		return err
	}
	return repo%[1]d.Delete(ctx, got)
}
`,
	},
	{
		name: "GORM, generics",
		main: `	"fmt"

	"gorm.io/driver/postgres"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
)

func open(ctx context.Context) error {
	if len(os.Args) > 1 {
		db, err := gorm.Open(postgres.Open(os.Args[1]))
		if err != nil {
			return fmt.Errorf("open: %w", err)
		}
		return models.Use(ctx, db)
	}
	db, err := gorm.Open(sqlite.Open("app.db"))
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	return models.Use(ctx, db)
}
`,
		head: `package models

import (
	"context"
	"time"

	"gorm.io/gorm"
)
`,
		model: `
type Model%[1]d struct {
	gorm.Model
	Name  string
	Note  *string
	Count int
	Score float64
	Done  bool
	At    time.Time
}

func use%[1]d(ctx context.Context, db *gorm.DB) error {
	v := Model%[1]d{Name: "a"}
	if err := gorm.G[Model%[1]d](db).Create(ctx, &v); err != nil {
		return err
	}
	got, err := gorm.G[Model%[1]d](db).Where("id = ?", v.ID).Take(ctx)
	if err != nil {
		return err
	}
	got.Count++
	if err := db.WithContext(ctx).Save(&got).Error; err != nil {
		return err
	}
	all, err := gorm.G[Model%[1]d](db).Where("name = ? AND note IS NULL AND count > ? AND done = ?", "a", 3, true).
		Order("at DESC").Limit(10).Find(ctx)
	if err != nil || len(all) == 0 {
		return err
	}
	_, err = gorm.G[Model%[1]d](db).Where("id = ?", v.ID).Delete(ctx)
	return err
}
`,
	},
	{
		name: "bun",
		main: `	"database/sql"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"github.com/uptrace/bun/driver/pgdriver"
	_ "modernc.org/sqlite"
)

func open(ctx context.Context) error {
	if len(os.Args) > 1 {
		return models.Use(ctx, bun.NewDB(sql.OpenDB(pgdriver.NewConnector(pgdriver.WithDSN(os.Args[1]))), pgdialect.New()))
	}
	db, err := sql.Open("sqlite", "app.db")
	if err != nil {
		return err
	}
	return models.Use(ctx, bun.NewDB(db, sqlitedialect.New()))
}
`,
		head: `package models

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)
`,
		model: `
type Model%[1]d struct {
	ID      int64 ` + "`bun:\",pk,autoincrement\"`" + `
	Created time.Time
	Updated time.Time
	Name    string
	Note    *string
	Count   int
	Score   float64
	Done    bool
	At      time.Time
}

func use%[1]d(ctx context.Context, db *bun.DB) error {
	v := Model%[1]d{Name: "a"}
	if _, err := db.NewInsert().Model(&v).Exec(ctx); err != nil {
		return err
	}
	got := new(Model%[1]d)
	if err := db.NewSelect().Model(got).Where("id = ?", v.ID).Scan(ctx); err != nil {
		return err
	}
	got.Count++
	if _, err := db.NewUpdate().Model(got).WherePK().Exec(ctx); err != nil {
		return err
	}
	var all []Model%[1]d
	if err := db.NewSelect().Model(&all).Where("name = ?", "a").Where("note IS NULL").Where("count > ?", 3).Where("done = ?", true).
		OrderExpr("at DESC").Limit(10).Scan(ctx); err != nil || len(all) == 0 {
		return err
	}
	_, err := db.NewDelete().Model(got).WherePK().Exec(ctx)
	return err
}
`,
	},
}

// handle is what the functions of a library's models are given, as parameter and as argument.
func (l *library) handle() (param, arg string) {
	switch {
	case strings.Contains(l.head, "gorm.io"):
		return ", db *gorm.DB", ", db"
	case strings.Contains(l.head, "uptrace/bun"):
		return ", db *bun.DB", ", db"
	}
	return "", ""
}

// models is the source of a package with n models.
func (l *library) models(n int) string {
	var b strings.Builder
	b.WriteString(l.head)
	for i := range n {
		fmt.Fprintf(&b, l.model, i)
	}
	param, arg := l.handle()
	fmt.Fprintf(&b, "\n// Use uses all models.\nfunc Use(ctx context.Context%s) error {\n", param)
	for i := range n {
		fmt.Fprintf(&b, "\tif err := use%d(ctx%s); err != nil {\n\t\treturn err\n\t}\n", i, arg)
	}
	b.WriteString("\treturn nil\n}\n")
	return b.String()
}

// program is the source of a program on the package of models at a path.
func (l *library) program(path string) string {
	open := l.main
	if open == "" {
		open = ")\n\nfunc open(ctx context.Context) error { return models.Use(ctx) }\n"
	}
	return fmt.Sprintf(`package main

import (
	"context"
	"os"

	models %q
%s
func main() {
	if open(context.Background()) != nil {
		os.Exit(1)
	}
}
`, path, open)
}

// stores is the source of a package with a struct of n repositories of the models at a path.
func stores(path string, n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "package store\n\nimport (\n\t\"github.com/prom-go/prom\"\n\n\tmodels %q\n)\n\n// Store has the repositories.\ntype Store struct {\n", path)
	for i := range n {
		fmt.Fprintf(&b, "\tModels%[1]d *prom.Repo[models.Model%[1]d]\n", i)
	}
	b.WriteString("}\n\n// Ready tells.\nfunc (s *Store) Ready() bool { return s != nil }\n")
	return b.String()
}

// holder is the source of a package that holds a *Store of the package at a path, or without a path an interface.
func holder(path string) string {
	if path == "" {
		return "package holder\n\n// Store is what is needed of one.\ntype Store interface{ Ready() bool }\n\n" + holds("Store")
	}
	return fmt.Sprintf("package holder\n\nimport store %q\n\n", path) + holds("*store.Store")
}

func holds(typ string) string {
	return fmt.Sprintf(`// Service is one.
type Service struct{ store %[1]s }

// New makes one.
func New(s %[1]s) *Service { return &Service{s} }

// Ready tells.
func (s *Service) Ready() bool { return s.store.Ready() }
`, typ)
}
