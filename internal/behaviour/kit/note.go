package kit

import (
	"time"

	"github.com/prom-go/prom"
)

// Note is the model that most tests use.
type Note struct {
	prom.Model
	Title string `prom:"size=1..100,index"`
	Body  string
	Views int
	Stars *int
	At    time.Time
}

// Handles of [Note].
var (
	NoteID    = prom.NumberOf(func(n *Note) *int64 { return &n.ID })
	NoteTitle = prom.TextOf(func(n *Note) *string { return &n.Title })
	NoteBody  = prom.TextOf(func(n *Note) *string { return &n.Body })
	NoteViews = prom.NumberOf(func(n *Note) *int { return &n.Views })
	NoteStars = prom.NullNumberOf(func(n *Note) **int { return &n.Stars })
	NoteAt    = prom.TimeOf(func(n *Note) *time.Time { return &n.At })
)

// Notes returns a repo of notes on a database.
func Notes(db *prom.DB) *prom.Repo[Note] { return prom.NewRepo[Note](prom.Using(db)) }
