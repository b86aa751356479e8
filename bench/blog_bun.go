package main

import (
	"database/sql"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"
)

// bunPostTag is the join table, which bun knows by its model.
type bunPostTag struct {
	bun.BaseModel `bun:"post_tags"`

	PostID int64 `bun:",pk"`
	Post   *Post `bun:"rel:belongs-to,join:post_id=id"`
	TagID  int64 `bun:",pk"`
	Tag    *Tag  `bun:"rel:belongs-to,join:tag_id=id"`
}

// openBunBlog opens bun on the tables of the blog.
func openBunBlog(pool *sql.DB, dialect schema.Dialect, at Place) (*Peer, error) {
	db := bunDB(pool, dialect, at)
	db.RegisterModel((*bunPostTag)(nil))
	return &Peer{
		Eager:        bunEager(db),
		Totals:       bunTotals(db),
		Keyset:       bunKeyset(db),
		EditDocument: bunEditDocument(db),
		Service:      bunService(db),
		Close:        func() { _ = db.Close() },
	}, db.Ping()
}
