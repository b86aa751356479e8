// Package loops has loops over rows.
package loops

import (
	"context"
	"iter"
	"maps"

	"github.com/prom-go/prom"
	"shop.test/lookalike"
	"shop.test/models"
)

var titles = prom.Pluck(models.Posts.Query(), models.PostTitle)

func dropped(ctx context.Context, use func(...any)) {
	for p := range models.Posts.Each(ctx) { // want `the error of Each is dropped: write for p, err := range …, and look at err`
		use(p)
	}
	for p := range models.Posts.Stream(ctx) { // want `the error of Stream is dropped: write for p, err := range …`
		use(p)
	}
	for p := range prom.Watch(ctx, models.Posts.Query()) { // want `the error of Watch is dropped`
		use(p)
	}
	query := models.Posts.Where(models.PostViews.Gt(3)).OrderBy(models.PostTitle.Asc())
	for p := range query.Each(ctx) { // want `the error of Each is dropped`
		use(p)
	}
	for p := range query.Stream(ctx) { // want `the error of Stream is dropped`
		use(p)
	}
	for p := range prom.Watch(ctx, query, prom.WatchFromStart()) { // want `the error of Watch is dropped`
		use(p)
	}
	for title := range titles.Stream(ctx) { // want `the error of Stream is dropped: write for title, err := range …`
		use(title)
	}
	for n := range prom.RawQuery[int](models.Posts, "SELECT 1").Stream(ctx) { // want `the error of Stream is dropped`
		use(n)
	}
	for p := range prom.DeleteInChunks(ctx, query, prom.Chunks{}) { // want `the error of DeleteInChunks is dropped`
		use(p)
	}
	for a := range models.Authors.Each(ctx) { // want `the error of Each is dropped`
		use(a)
	}
}

func otherForms(ctx context.Context, use func(...any)) {
	for p, _ := range models.Posts.Each(ctx) { // want `the error of Each is dropped: write for p, err := range …`
		use(p)
	}
	var p *models.Post
	for p = range models.Posts.Each(ctx) { // want `the error of Each is dropped: write for p, err = range …`
		use(p)
	}
	n := 0
	for range models.Posts.Each(ctx) { // want `the error of Each is dropped: write for _, err := range …`
		n++
	}
	for _, _ = range models.Posts.Each(ctx) { // want `the error of Each is dropped: write for _, err := range …`
		n++
	}
	use(n)
	rows := models.Posts.Each(ctx)
	func() {
		for p := range rows { // want `the error of Each is dropped`
			use(p)
		}
	}()
}

func generic[T any](ctx context.Context, repo *prom.Repo[T], use func(*T)) {
	for v := range repo.Each(ctx) { // want `the error of Each is dropped`
		use(v)
	}
}

func quiet(ctx context.Context, use func(...any)) error {
	for p, err := range models.Posts.Each(ctx) {
		if err != nil {
			return err
		}
		use(p)
	}
	for _, err := range models.Posts.Stream(ctx) {
		if err != nil {
			return err
		}
	}
	var p *models.Post
	var err error
	for p, err = range models.Posts.Each(ctx) {
		use(p, err)
	}
	posts, err := models.Posts.All(ctx)
	for i := range posts {
		use(i)
	}
	for p := range lookalike.NewRepo[models.Post]().Each(ctx) {
		use(p)
	}
	for k := range maps.All(map[string]error{}) {
		use(k)
	}

	// What another function has made of the rows may have dealt with the error.
	for p := range logged(models.Posts.Each(ctx)) {
		use(p)
	}
	rows := models.Posts.Each(ctx)
	rows = logged(rows)
	for p := range rows {
		use(p)
	}
	all := models.Posts.Each(ctx)
	each(&all)
	for p := range all {
		use(p)
	}
	return err
}

// logged stands for what ends the program with an error.
func logged[T any](rows iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for v, err := range rows {
			if err != nil {
				panic(err)
			}
			if !yield(v, nil) {
				return
			}
		}
	}
}

func each[T any](rows *iter.Seq2[T, error]) { *rows = logged(*rows) }

func given(rows iter.Seq2[*models.Post, error], use func(...any)) {
	for p := range rows {
		use(p)
	}
}
