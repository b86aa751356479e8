package relations_test

import (
	"context"
	"testing"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
)

// The models of the tests of relations: two references to one model, a chain of three, a reference to itself, and keys
// that are texts and UUIDs.
type (
	Writer struct {
		prom.Model
		Name    string
		Born    *int
		Essays  prom.Many[Essay] `prom:"via=writer_id"`
		Edited  prom.Many[Essay] `prom:"via=editor_id"`
		Remarks prom.Many[Remark]
	}
	Essay struct {
		prom.Model
		Writer  prom.Ref[Writer]  `prom:"writer_id,index"`
		Editor  *prom.Ref[Writer] `prom:"editor_id"`
		Title   string
		Score   int
		Remarks prom.Many[Remark]
	}
	Remark struct {
		prom.Model
		Essay prom.Ref[Essay] `prom:"essay_id"`
		By    prom.Ref[Writer]
		Text  string
	}

	Folder struct {
		prom.Model
		Name     string
		Parent   *prom.Ref[Folder]
		Children prom.Many[Folder]
	}

	Nation struct {
		Code  string `prom:"key,nocase"`
		Name  string
		Towns prom.Many[Town]
	}
	Town struct {
		prom.UUIDModel
		Name    string
		Nation  prom.RefBy[Nation, string] `prom:"nocase"`
		Streets prom.Many[Lane]
	}
	Lane struct {
		prom.Model
		Town prom.RefBy[Town, prom.UUID]
		Name string
	}
)

var (
	writerID      = prom.NumberOf(func(w *Writer) *int64 { return &w.ID })
	writerName    = prom.TextOf(func(w *Writer) *string { return &w.Name })
	writerEssays  = prom.ManyOf(func(w *Writer) *prom.Many[Essay] { return &w.Essays })
	writerEdited  = prom.ManyOf(func(w *Writer) *prom.Many[Essay] { return &w.Edited })
	writerRemarks = prom.ManyOf(func(w *Writer) *prom.Many[Remark] { return &w.Remarks })

	essayWriter  = prom.RefOf(func(e *Essay) *prom.Ref[Writer] { return &e.Writer })
	essayEditor  = prom.NullRefOf(func(e *Essay) **prom.Ref[Writer] { return &e.Editor })
	essayTitle   = prom.TextOf(func(e *Essay) *string { return &e.Title })
	essayScore   = prom.NumberOf(func(e *Essay) *int { return &e.Score })
	essayRemarks = prom.ManyOf(func(e *Essay) *prom.Many[Remark] { return &e.Remarks })

	remarkEssay = prom.RefOf(func(r *Remark) *prom.Ref[Essay] { return &r.Essay })
	remarkBy    = prom.RefOf(func(r *Remark) *prom.Ref[Writer] { return &r.By })
	remarkText  = prom.TextOf(func(r *Remark) *string { return &r.Text })

	folderName     = prom.TextOf(func(f *Folder) *string { return &f.Name })
	folderParent   = prom.NullRefOf(func(f *Folder) **prom.Ref[Folder] { return &f.Parent })
	folderChildren = prom.ManyOf(func(f *Folder) *prom.Many[Folder] { return &f.Children })

	nationTowns = prom.ManyOf(func(n *Nation) *prom.Many[Town] { return &n.Towns })
	townName    = prom.TextOf(func(t *Town) *string { return &t.Name })
	townNation  = prom.RefOf(func(t *Town) *prom.RefBy[Nation, string] { return &t.Nation })
	townStreets = prom.ManyOf(func(t *Town) *prom.Many[Lane] { return &t.Streets })
	laneTown    = prom.RefOf(func(l *Lane) *prom.RefBy[Town, prom.UUID] { return &l.Town })
)

// shelf is a database of writers, essays and remarks.
type shelf struct {
	writers *prom.Repo[Writer]
	essays  *prom.Repo[Essay]
	remarks *prom.Repo[Remark]
}

func newShelf(db *prom.DB) shelf {
	return shelf{prom.NewRepo[Writer](prom.Using(db)), prom.NewRepo[Essay](prom.Using(db)), prom.NewRepo[Remark](prom.Using(db))}
}

// fill stores three writers: ada, with the essays a1 to a4, of which bob edited a2 and a4; bob, with b1; and cid, with
// none. Bob and cid remarked on a1, ada on b1.
func (s shelf) fill(ctx context.Context, tb testing.TB) {
	tb.Helper()
	ada := kit.MustIn(ctx, tb, s.writers, Writer{Name: "ada", Born: new(1815)})
	bob := kit.MustIn(ctx, tb, s.writers, Writer{Name: "bob"})
	cid := kit.MustIn(ctx, tb, s.writers, Writer{Name: "cid"})
	var essays []*Essay
	for _, e := range []Essay{
		{Writer: prom.Refer(ada), Title: "a1", Score: 5},
		{Writer: prom.Refer(ada), Title: "a2", Score: 7, Editor: new(prom.Refer(bob))},
		{Writer: prom.Refer(bob), Title: "b1", Score: 1},
		{Writer: prom.Refer(ada), Title: "a3", Score: 7},
		{Writer: prom.Refer(ada), Title: "a4", Score: 2, Editor: new(prom.Refer(bob))},
	} {
		essays = append(essays, kit.MustIn(ctx, tb, s.essays, e))
	}
	kit.MustIn(ctx, tb, s.remarks, Remark{Essay: prom.Refer(essays[0]), By: prom.Refer(bob), Text: "good"})
	kit.MustIn(ctx, tb, s.remarks, Remark{Essay: prom.Refer(essays[0]), By: prom.Refer(cid), Text: "bad"})
	kit.MustIn(ctx, tb, s.remarks, Remark{Essay: prom.Refer(essays[2]), By: prom.Refer(ada), Text: "long"})
}
