// Rolling is a program in two versions, of which the argument chooses one: old or new. It takes commands from its input,
// a line each of a change, a table and an operation, and answers each by a line. See TestRollingDeploys.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/prom-go/prom"
)

func main() {
	ctx := context.Background()
	versions := map[string]map[string]operations{"old": {}, "new": {}}
	for name, c := range changes {
		versions["old"][name], versions["new"][name] = c.old, c.new
	}
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		words := strings.SplitN(in.Text(), "\t", 3)
		answer, err := versions[os.Args[1]][words[0]](ctx, words[1], words[2])
		if err != nil {
			answer = err.Error()
			var e *prom.Error
			if errors.As(err, &e) {
				answer = kind(e)
			}
		}
		fmt.Println(strings.ReplaceAll(answer, "\n", " "))
	}
}

// kind names the kind of an error, and says what it says of a renaming.
func kind(e *prom.Error) string {
	text := fmt.Sprint(e.Kind)
	if strings.Contains(e.Error(), "renamed to") {
		text += " (renamed)"
	}
	return text
}

// operations are what a version of the program does with a table: add a row of a text; list the rows; save or delete the
// one that a text begins; install; release, which applies a plan, and with "lossy" what destroys something too; check.
type operations func(ctx context.Context, table, op string) (string, error)

// of returns the operations with a model.
func of[T any](row func(text string) T, show func(row *T) string) operations {
	repos := map[string]*prom.Repo[T]{}
	return func(ctx context.Context, table, op string) (string, error) {
		if repos[table] == nil {
			repos[table] = prom.NewRepo[T](prom.Table(table))
		}
		repo := repos[table]
		op, arg, _ := strings.Cut(op, " ")
		switch op {
		case "add":
			r := row(arg)
			return "ok", repo.Create(ctx, &r)
		case "save", "delete":
			rows, err := repo.All(ctx)
			if err != nil {
				return "", err
			}
			i := slices.IndexFunc(rows, func(r T) bool { return strings.HasPrefix(show(&r), arg) })
			if op == "save" {
				return "ok", repo.Save(ctx, &rows[i])
			}
			return "ok", repo.Delete(ctx, &rows[i])
		case "release":
			plan, err := prom.Plan(ctx, repo)
			if err != nil {
				return "", err
			}
			risks := []prom.Risk{prom.Additive, prom.Locking, prom.Rewriting}
			if arg == "lossy" {
				risks = append(risks, prom.Lossy)
			}
			done, err := prom.Apply(ctx, plan, risks...)
			if done == nil {
				return "nothing", err
			}
			return "ok", err
		case "install":
			return "ok", prom.Install(ctx, repo)
		case "check":
			if err := prom.Check(ctx, repo); err != nil {
				return "", err
			}
			return "ok", nil
		}
		rows, err := repo.All(ctx)
		texts := make([]string, len(rows))
		for i := range rows {
			texts[i] = show(&rows[i])
		}
		slices.Sort(texts)
		return strings.Join(texts, " "), err
	}
}
