package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"
)

// Document is a row with a JSON document and a list: an array on PostgreSQL, and JSON on SQLite.
type Document struct {
	ID      int64     `prom:"key,auto" bun:"id,pk,autoincrement"`
	Updated time.Time `prom:"updated" bun:"updated"`
	Title   string    `bun:"title"`
	Info    Info      `bun:"info,type:jsonb"`
	Labels  []string  `bun:"labels,array"`
}

// TableName is what prom names the table; bun comes to the same name by itself.
func (Document) TableName() string { return "documents" }

// Info is the JSON document.
type Info struct {
	Kind       string            `json:"kind"`
	Weight     float64           `json:"weight"`
	Fragile    bool              `json:"fragile"`
	Revision   int64             `json:"revision"`
	Sizes      []int64           `json:"sizes"`
	Attributes map[string]string `json:"attributes"`
}

// EditDocument reads the n documents behind a key, by key, and changes and saves the one at an index.
type EditDocument func(ctx context.Context, after int64, n, at int) (Late[Document], error)

const documentColumns = "id, updated, title, info, labels"

const readDocuments = 1000

var documentWorkloads = []Workload{
	{
		ID: "documents", Title: "JSON document and list, read 1,000 and change one", Unit: "1,000 rows", Stock: blogStock,
		op: editDocuments,
	},
}

func editDocuments(ctx context.Context, p *Peer, t Table) *Entrant {
	if p.EditDocument == nil {
		return nil
	}
	count := blogSize(t.Size()).documents()
	n := min(readDocuments, count)
	k := keys(1)
	return &Entrant{Run: repeat(func() error {
		_, err := p.EditDocument(ctx, k.below(count-n+1), int(n), int(k.below(n)))
		return err
	})}
}

// seedDocument returns document i, from 1.
func seedDocument(i int64) Document {
	r := rand.New(rand.NewPCG(uint64(i), 46))
	d := Document{
		ID:      i,
		Updated: epoch.Add(time.Duration(i) * time.Second),
		Title:   fmt.Sprintf("Document %d %s", i, letters(r, 20)),
		Info: Info{
			Kind: letters(r, 8), Weight: float64(r.IntN(10_000)) / 8, Fragile: i%3 == 0, Revision: r.Int64N(100),
			Attributes: map[string]string{},
		},
	}
	for k := range 5 {
		d.Info.Sizes = append(d.Info.Sizes, r.Int64N(1000))
		d.Info.Attributes[fmt.Sprintf("attribute %d", k)] = letters(r, 10)
		d.Labels = append(d.Labels, letters(r, 4+r.IntN(8)))
	}
	return d
}

// edit is the change, after which a document is as large as before.
func edit(info *Info, labels []string, updated *time.Time) {
	info.Revision++
	info.Attributes["attribute 0"] = "revision " + strconv.FormatInt(info.Revision, 10)
	labels[0] = info.Attributes["attribute 0"]
	*updated = time.Now()
}

// editDocument checks what was read and what was saved.
func (c *blogChecker) editDocument() error {
	if c.peer.EditDocument == nil {
		return nil
	}
	const after, n, at = 5, 6, 2
	var want []Document
	for i := range c.size.documents() {
		want = append(want, seedDocument(i+1))
	}
	edit(&want[after+at].Info, want[after+at].Labels, &want[after+at].Updated)
	read, err := c.peer.EditDocument(c.ctx, after, n, at)
	if err != nil {
		return err
	}
	got := read()
	if len(got) == n && got[at].Updated.After(c.began) {
		got[at].Updated = want[after+at].Updated
	}
	if err := same("the documents", got, want[after:after+n]); err != nil {
		return err
	}
	texts, err := c.table.Texts(map[string]string{
		Postgres: "SELECT CAST(jsonb_build_array(id, title, info, labels) AS TEXT) FROM documents ORDER BY id",
		SQLite:   "SELECT json_array(id, title, json(info), json(labels)) FROM documents ORDER BY id",
	}[c.engine])
	if err != nil {
		return err
	}
	left := make([]Document, len(texts))
	for i, text := range texts {
		d := &left[i]
		if err := json.Unmarshal([]byte(text), &[]any{&d.ID, &d.Title, &d.Info, &d.Labels}); err != nil {
			return err
		}
	}
	for i := range want {
		want[i].Updated = time.Time{}
	}
	return same("the table", left, want)
}
