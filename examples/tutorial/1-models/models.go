package main

import (
	"time"

	"github.com/prom-go/prom"
)

// Issue is something to do. The exported fields are the columns of the table issue.
type Issue struct {
	prom.Model            // the columns _id (the primary key), _created and _updated
	Title      string     `prom:"size=1..200"`
	Body       string     // text, NOT NULL
	Closed     *time.Time // a pointer may be NULL: the issue is open
}

// issues stores the issues. It connects when it is first used.
var issues = prom.NewRepo[Issue]()

// Handles are the fields of an issue in queries.
var (
	issue       = prom.Proto[Issue]()
	issueTitle  = prom.TextOf(issue, &issue.Title)
	issueClosed = prom.NullTimeOf(issue, &issue.Closed)
)
