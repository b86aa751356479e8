package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stephenafamo/bob"
	"github.com/stephenafamo/bob/dialect/psql"
	"github.com/stephenafamo/bob/dialect/psql/sm"
	"github.com/stephenafamo/bob/dialect/psql/um"
	"github.com/stephenafamo/bob/types"
	"github.com/stephenafamo/scan"
	"github.com/uptrace/bun"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/prom-go/prom"
)

var (
	document   = prom.Proto[Document]()
	documentID = prom.NumberOf(document, &document.ID)
)

// editDocument lets prom set the time of the update.
func (b *promBlog) editDocument(ctx context.Context, after int64, n, at int) (Late[Document], error) {
	list, err := b.documents.Where(documentID.Gt(after)).OrderBy(documentID.Asc()).Limit(n).All(ctx)
	if err != nil {
		return nil, err
	}
	d := &list[at]
	var updated time.Time
	edit(&d.Info, d.Labels, &updated)
	return late(list, b.documents.Update(ctx, d))
}

// gormDocument is Document as GORM stores it.
type gormDocument struct {
	ID      int64     `gorm:"column:id;primaryKey"`
	Updated time.Time `gorm:"column:updated"`
	Title   string    `gorm:"column:title"`
	Info    Info      `gorm:"column:info;serializer:json"`
	Labels  gormList  `gorm:"column:labels"`
}

// TableName is the name of the table.
func (gormDocument) TableName() string { return "documents" }

// gormList is a list of texts, which GORM leaves to types such as this one.
type gormList []string

var pgTypes = pgtype.NewMap()

// GormDataType says that it is one value.
func (gormList) GormDataType() string { return "list" }

// Scan reads the text of an array or of JSON.
func (l *gormList) Scan(from any) error {
	text, ok := from.(string)
	if !ok {
		return fmt.Errorf("a list is a %T", from)
	}
	if text[0] == '[' {
		return json.Unmarshal([]byte(text), (*[]string)(l))
	}
	return pgTypes.Scan(pgtype.TextArrayOID, pgtype.TextFormatCode, []byte(text), (*[]string)(l))
}

// GormValue makes an argument of a list.
func (l gormList) GormValue(_ context.Context, db *gorm.DB) clause.Expr {
	var b []byte
	var err error
	if db.Name() == Postgres {
		b, err = pgTypes.Encode(pgtype.TextArrayOID, pgtype.TextFormatCode, []string(l), nil)
	} else {
		b, err = json.Marshal([]string(l))
	}
	_ = db.AddError(err)
	return clause.Expr{SQL: "?", Vars: []any{string(b)}}
}

func gormEditDocument(db *gorm.DB) EditDocument {
	return func(ctx context.Context, after int64, n, at int) (Late[Document], error) {
		list, err := gorm.G[gormDocument](db).Where("id > ?", after).Order("id").Limit(n).Find(ctx)
		if err != nil {
			return nil, err
		}
		d := &list[at]
		edit(&d.Info, d.Labels, &d.Updated)
		_, err = gorm.G[gormDocument](db).Where("id = ?", d.ID).Select("updated", "info", "labels").Updates(ctx, *d)
		return lateRows(list, func(d *gormDocument) Document {
			return Document{d.ID, d.Updated, d.Title, d.Info, d.Labels}
		}, err)
	}
}

func bunEditDocument(db *bun.DB) EditDocument {
	return func(ctx context.Context, after int64, n, at int) (Late[Document], error) {
		var list []Document
		if err := db.NewSelect().Model(&list).Where("id > ?", after).Order("id").Limit(int64(n)).Scan(ctx); err != nil {
			return nil, err
		}
		d := &list[at]
		edit(&d.Info, d.Labels, &d.Updated)
		_, err := db.NewUpdate().Model(d).Column("updated", "info", "labels").WherePK().Exec(ctx)
		return late(list, err)
	}
}

// bobDocument is Document with bob's type for JSON.
type bobDocument struct {
	ID      int64
	Updated time.Time
	Title   string
	Info    types.JSON[Info]
	Labels  []string
}

var bobDocuments = scan.StructMapper[bobDocument]()

func bobEditDocument(db bob.Executor) EditDocument {
	return func(ctx context.Context, after int64, n, at int) (Late[Document], error) {
		list, err := bob.All(ctx, db, psql.Select(sm.Columns(psql.Raw(documentColumns)), sm.From("documents"),
			sm.Where(psql.Quote("id").GT(psql.Arg(after))), sm.OrderBy("id"), sm.Limit(psql.Arg(n))), bobDocuments)
		if err != nil {
			return nil, err
		}
		d := &list[at]
		edit(&d.Info.Val, d.Labels, &d.Updated)
		_, err = bob.Exec(ctx, db, psql.Update(um.Table("documents"), um.SetCol("updated").ToArg(d.Updated),
			um.SetCol("info").ToArg(d.Info), um.SetCol("labels").ToArg(d.Labels), um.Where(psql.Quote("id").EQ(psql.Arg(d.ID)))))
		return lateRows(list, func(d *bobDocument) Document {
			return Document{d.ID, d.Updated, d.Title, d.Info.Val, d.Labels}
		}, err)
	}
}
