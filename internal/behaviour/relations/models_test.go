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
	writer        = prom.Proto[Writer]()
	essay         = prom.Proto[Essay]()
	remark        = prom.Proto[Remark]()
	folder        = prom.Proto[Folder]()
	nation        = prom.Proto[Nation]()
	town          = prom.Proto[Town]()
	lane          = prom.Proto[Lane]()
	writerID      = prom.NumberOf(writer, &writer.ID)
	writerName    = prom.TextOf(writer, &writer.Name)
	writerEssays  = prom.ManyOf(writer, &writer.Essays)
	writerEdited  = prom.ManyOf(writer, &writer.Edited)
	writerRemarks = prom.ManyOf(writer, &writer.Remarks)

	essayWriter  = prom.RefOf(essay, &essay.Writer)
	essayEditor  = prom.NullRefOf(essay, &essay.Editor)
	essayTitle   = prom.TextOf(essay, &essay.Title)
	essayScore   = prom.NumberOf(essay, &essay.Score)
	essayRemarks = prom.ManyOf(essay, &essay.Remarks)

	remarkEssay = prom.RefOf(remark, &remark.Essay)
	remarkBy    = prom.RefOf(remark, &remark.By)
	remarkText  = prom.TextOf(remark, &remark.Text)

	folderName     = prom.TextOf(folder, &folder.Name)
	folderParent   = prom.NullRefOf(folder, &folder.Parent)
	folderChildren = prom.ManyOf(folder, &folder.Children)

	nationTowns = prom.ManyOf(nation, &nation.Towns)
	townName    = prom.TextOf(town, &town.Name)
	townNation  = prom.RefOf(town, &town.Nation)
	townStreets = prom.ManyOf(town, &town.Streets)
	laneTown    = prom.RefOf(lane, &lane.Town)
)

// shelf is a database of writers, essays and remarks.
type shelf struct {
	writers *prom.Repo[Writer]
	essays  *prom.Repo[Essay]
	remarks *prom.Repo[Remark]
}

func newShelf(db *prom.DB) shelf {
	return shelf{prom.NewRepo[Writer](prom.Using(db)), prom.NewRepo[Essay](prom.Using(db)),
		prom.NewRepo[Remark](prom.Using(db))}
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
		{Writer: prom.RefTo(ada), Title: "a1", Score: 5},
		{Writer: prom.RefTo(ada), Title: "a2", Score: 7, Editor: new(prom.RefTo(bob))},
		{Writer: prom.RefTo(bob), Title: "b1", Score: 1},
		{Writer: prom.RefTo(ada), Title: "a3", Score: 7},
		{Writer: prom.RefTo(ada), Title: "a4", Score: 2, Editor: new(prom.RefTo(bob))},
	} {
		essays = append(essays, kit.MustIn(ctx, tb, s.essays, e))
	}
	kit.MustIn(ctx, tb, s.remarks, Remark{Essay: prom.RefTo(essays[0]), By: prom.RefTo(bob), Text: "good"})
	kit.MustIn(ctx, tb, s.remarks, Remark{Essay: prom.RefTo(essays[0]), By: prom.RefTo(cid), Text: "bad"})
	kit.MustIn(ctx, tb, s.remarks, Remark{Essay: prom.RefTo(essays[2]), By: prom.RefTo(ada), Text: "long"})
}
