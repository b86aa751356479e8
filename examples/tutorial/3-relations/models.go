package main

import (
	"time"

	"github.com/prom-go/prom"
)

// Issue is something to do. The exported fields are the columns of the table issue.
type Issue struct {
	prom.Model            // id, created and updated
	Title      string     `prom:"size=1..200" json:"title"`
	Body       string     `json:"body"`
	Closed     *time.Time `json:"closed"` // nil while the issue is open

	Comments     prom.Many[Comment]                 `json:"comments,omitzero"`
	Labels       prom.ManyToMany[Label, IssueLabel] `json:"labels,omitzero"`
	CommentCount int64                              `prom:"computed" json:"comment_count"`
}

// Comment is what somebody says about an issue. It is deleted with its issue.
type Comment struct {
	prom.Model
	Issue  prom.Ref[Issue] `prom:"issue_id" json:"-"`
	Author string          `prom:"size=1..80" json:"author"`
	Text   string          `prom:"nonempty" json:"text"`
}

// Label is a word by which issues are found.
type Label struct {
	prom.Model
	Name string `prom:"size=1..40,unique" json:"name"`
}

// IssueLabel says that an issue has a label. No issue has one twice, because both references are the key.
type IssueLabel struct {
	Issue prom.Ref[Issue] `prom:"key"`
	Label prom.Ref[Label] `prom:"key,index"`
}

// The repositories connect when they are first used.
var (
	issues   = prom.NewRepo[Issue]()
	comments = prom.NewRepo[Comment]()
	labels   = prom.NewRepo[Label]()
)

// Handles are the fields and relations of the models in queries.
var (
	issue         = prom.Proto[Issue]()
	issueTitle    = prom.TextOf(issue, &issue.Title)
	issueBody     = prom.TextOf(issue, &issue.Body)
	issueComments = prom.ManyOf(issue, &issue.Comments)
	issueLabels   = prom.ManyToManyOf(issue, &issue.Labels)
	commentCount  = prom.Col(&issue.CommentCount, issueComments.Count())

	comment   = prom.Proto[Comment]()
	commentID = prom.NumberOf(comment, &comment.ID)

	label     = prom.Proto[Label]()
	labelName = prom.TextOf(label, &label.Name)
)
