package shelves

import (
	"time"

	"github.com/prom-go/prom"
)

// The first version of models with what tables can have besides columns: a full-text index, the audit log, a soft
// delete, a generated column, a list with a GIN index, a reference to itself, a foreign key of two columns, a circle.
type (
	place1 struct {
		Country string `prom:"key"`
		Code    int32  `prom:"key"`
		Name    string `prom:"nocase,unique"`
	}
	doc1 struct {
		ID      int64 `prom:"key,auto"`
		Title   string
		Body    string
		Secret  string
		Price   string   `prom:"decimal=10.2,default=0"`
		Double  int32    `prom:"generated='pages * 2'"`
		Pages   int32    `prom:"min=1"`
		Tags    []string `prom:"index,using=gin"`
		Meta    map[string]int
		Country *string
		Code    *int32
		Place   prom.CompositeRef[place1] `prom:"on='country, code'"`
		Parent  *prom.Ref[doc1]
		Deleted *time.Time `prom:"deleted"`
		Slug    string     `prom:"unique"`
		_       struct{}   `prom:"fulltext='title, body',language=english"`
		_       struct{}   `prom:"audit"`
		_       struct{}   `prom:"index=long,on='lower(title), id',where='pages > 100'"`
	}
	hen1 struct {
		ID  int64 `prom:"key,auto"`
		Egg *prom.Ref[egg1]
	}
	egg1 struct {
		ID  int64 `prom:"key,auto"`
		Hen prom.Ref[hen1]
	}
)

func (place1) TableName() string { return "place" }
func (doc1) TableName() string   { return "doc" }
func (hen1) TableName() string   { return "hen" }
func (egg1) TableName() string   { return "egg" }

// The second version has another name of a column that a full-text index, an index with an expression and a foreign key
// of two columns speak of, another expression of the generated column, and a secret that the audit log leaves out.
type (
	place2 struct {
		Country string `prom:"key"`
		Code    int32  `prom:"key"`
		Name    string `prom:"unique"`
	}
	doc2 struct {
		ID      int64  `prom:"key,auto"`
		Head    string `prom:"was=title"`
		Body    string
		Secret  string `prom:"noaudit"`
		Price   string `prom:"decimal=12.2,default=1"`
		Double  int32  `prom:"generated='pages * 3'"`
		Pages   int32  `prom:"min=1"`
		Tags    []string
		Meta    map[string]int
		Land    *string `prom:"was=country"`
		Code    *int32
		Place   prom.CompositeRef[place2] `prom:"on='land, code'"`
		Parent  *prom.Ref[doc2]           `prom:"ondelete=cascade"`
		Deleted *time.Time                `prom:"deleted"`
		Slug    string                    `prom:"unique"`
		_       struct{}                  `prom:"fulltext='head A, body B',language=english"`
		_       struct{}                  `prom:"audit"`
		_       struct{}                  `prom:"index=long,on='lower(head), id',where='pages > 10'"`
	}
)

func (place2) TableName() string { return "place" }
func (doc2) TableName() string   { return "doc" }

// The third version has no full-text index, no log and no circle any more, and another name of the table.
type text3 struct {
	ID      int64 `prom:"key,auto"`
	Head    string
	Body    string
	Pages   int32
	Deleted *time.Time `prom:"deleted"`
	Slug    string     `prom:"unique"`
	_       struct{}   `prom:"was=doc"`
}

func (text3) TableName() string { return "text" }

// Rich are the models of each version.
func Rich() [][]prom.AnyRepo {
	return [][]prom.AnyRepo{
		{prom.NewRepo[doc1](), prom.NewRepo[place1](), prom.NewRepo[hen1](), prom.NewRepo[egg1]()},
		{prom.NewRepo[doc2](), prom.NewRepo[place2](), prom.NewRepo[hen1](), prom.NewRepo[egg1]()},
		{prom.NewRepo[text3]()},
	}
}

// Bill is a table in a schema.
type bill1 struct {
	ID   int64 `prom:"key,auto"`
	Text string
}

type bill2 struct {
	ID   int64    `prom:"key,auto"`
	Text string   `prom:"index"`
	Sum  int64    `prom:"default=0"`
	_    struct{} `prom:"was=billing.bill"`
}

func (bill1) TableName() string { return "billing.bill" }
func (bill2) TableName() string { return "sales.invoice" }

// InSchemas are the models of two versions, whose table has another schema and another name in the second one.
func InSchemas() [][]prom.AnyRepo {
	return [][]prom.AnyRepo{{prom.NewRepo[bill1]()}, {prom.NewRepo[bill2]()}}
}
