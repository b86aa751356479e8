package arch_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// program is a user's program around one statement.
const program = `package blog

import (
	"context"
	"database/sql"
	"time"

	"github.com/prom-go/prom"
)

type Author struct {
	prom.Model
	Name string
	Born *int
	Died sql.Null[int]
	Tags []string

	Posts  prom.Many[Post] "prom:\"via=author\""
	Edited prom.Many[Post] "prom:\"via=editor\""
	Liked  prom.ManyToMany[Post, Like]
	Count  int64 "prom:\"computed\""
}

type Line struct {
	Title  string
	Author *Author
	Editor *Author
	Posts  []Post
}

type Like struct {
	prom.Model
	Author prom.Ref[Author]
	Post   prom.Ref[Post]
	Stars  int
}

type Post struct {
	prom.Model
	Author prom.Ref[Author]
	Editor *prom.Ref[Author]
	Title  string
	Sub    *string
	At     time.Time
	Views  int
	Key    prom.UUID
	Live   bool
}

type Coin struct {
	prom.UUIDModel
	Post prom.Ref[Post]
}

var (
	author = prom.Proto[Author]()
	post   = prom.Proto[Post]()
	like   = prom.Proto[Like]()
	coin   = prom.Proto[Coin]()

	Authors    = prom.NewRepo[Author]()
	AuthorName = prom.TextOf(author, &author.Name)
	AuthorBorn = prom.NullNumberOf(author, &author.Born)
	AuthorDied = prom.SQLNullNumberOf(author, &author.Died)
	AuthorTags = prom.JSONOf(author, &author.Tags)

	AuthorPosts  = prom.ManyOf(author, &author.Posts)
	AuthorEdited = prom.ManyOf(author, &author.Edited)
	AuthorLiked  = prom.ManyToManyOf(author, &author.Liked)
	LikeStars    = prom.NumberOf(like, &like.Stars)

	Posts      = prom.NewRepo[Post]()
	PostID     = prom.NumberOf(post, &post.ID)
	PostAuthor = prom.RefOf(post, &post.Author)
	PostEditor = prom.NullRefOf(post, &post.Editor)
	PostTitle  = prom.TextOf(post, &post.Title)
	PostSub    = prom.NullTextOf(post, &post.Sub)
	PostAt     = prom.TimeOf(post, &post.At)
	PostViews  = prom.NumberOf(post, &post.Views)
	PostKey    = prom.OrderedOf(post, &post.Key)
	PostLive   = prom.FieldOf(post, &post.Live)

	CoinPost = prom.RefOf(coin, &coin.Post)

	both = prom.Correlate(post, post)
	line = prom.Proto[Line]()

	ctx context.Context
	use = func(...any) {}
)

func body() {
	%s
}
`

var goodPrograms = []string{
	`use(Posts.Where(PostViews.Gt(3), prom.Or(prom.Year(PostAt).Eq(2024), prom.Not(PostTitle.HasPrefix("A")))).OrderBy(PostViews.Desc(), PostAt.Asc()).Limit(3).All(ctx))`,
	`use(Posts.Where(PostAuthor.Eq(7), PostEditor.IsNull(), PostSub.Is(nil), PostKey.Lt(prom.NewUUID()), PostLive.Eq(true)).Update(ctx, PostViews.Add(1), PostSub.SetNull(), PostEditor.Set(3)))`,
	`use(Authors.Where(AuthorBorn.In(1, 2), AuthorDied.NotNull(), prom.Fold(AuthorName).Contains("x")).Update(ctx, AuthorTags.Set([]string{"a"}), AuthorDied.SetNull()))`,
	`for p, err := range Posts.Each(ctx) { use(p.Views, err, Posts.Save(ctx, p)) }`,
	`var c prom.Cond[*Post] = PostViews.Eq(1); use(prom.And(c, PostID.In(1, 2)))`,
	`use(Posts.With(PostAuthor.With(AuthorPosts.Where(PostViews.Gt(1)).OrderBy(PostAt.Desc()).Limit(3).With(PostEditor)), PostEditor).All(ctx))`,
	`var p Post; var a Author; p.Author.Set(&a); p.Author = prom.RefTo(&a); p.Editor = new(prom.RefTo(&a)); use(Posts.With(PostAuthor).LoadInto(ctx, &p))`,
	`use(Authors.Where(AuthorPosts.Has(prom.Not(PostEditor.Has())), AuthorPosts.Count(PostLive.Eq(true)).Gt(3), prom.AggregateOf(AuthorPosts, prom.Sum(PostViews)).Gt(9), prom.Not(AuthorLiked.Has(PostViews.Eq(1)))))`,
	`use(Authors.With(AuthorLiked.Where(PostViews.Gt(1)).WhereThrough(LikeStars.Gt(3)).OrderByThrough(LikeStars.Desc()).Limit(3).With(PostAuthor)).All(ctx))`,
	`use(Posts.Where(prom.Round(PostViews, -1).Gt(3), prom.Contains(PostTitle, prom.Lower(PostTitle)), prom.RegexpLike(PostTitle, "^A"), prom.Hour(prom.InZone(PostAt, nil)).Eq(3)).Update(ctx, PostAt.SetTo(prom.PlusDuration(prom.Trunc(PostAt, prom.UnitDay), prom.Val(post, time.Hour)))))`,
	`use(Posts.Where(prom.Exists(post, Posts.Query(), prom.Match(PostAuthor, PostAuthor), prom.Or(prom.Lt(prom.Inner(both, PostAt), prom.Outer(both, PostAt)), prom.Inner(both, PostLive).Eq(true)))))`,
	`use(prom.LockOf(prom.LimitBy(Posts.OrderBy(PostAt.Desc()), 1, PostAuthor), PostID, prom.Via(PostAuthor, AuthorName)).With(PostAuthor), prom.AggregateOf(AuthorLiked, prom.Sum(PostViews)), prom.AggregateThrough(AuthorLiked, prom.Max(LikeStars)))`,
	`var r prom.Relation[*Author] = AuthorPosts; use(r, []prom.Relation[*Post]{PostAuthor, PostEditor.With(r)})`,
	`count := prom.Col(&author.Count, AuthorPosts.Count()); use(Posts.With(PostAuthor.Compute(count).With(AuthorPosts), PostEditor.With(AuthorPosts).Compute(count)).All(ctx))`,
	`p := prom.Select(Posts.Query(), line, prom.Col(&line.Title, PostTitle), prom.RefCol(&line.Author, PostAuthor), prom.RefCol(&line.Editor, PostEditor.With(AuthorPosts))); use(p.PageAt(ctx, 1, 2))`,
	`p := prom.Select(Authors.Query(), line, prom.ManyCol(&line.Posts, AuthorPosts.Limit(2))).OrderBy(AuthorPosts.Count().Desc()); use(p.KeysetPage(ctx, "", 2))`,
	`p := prom.Select(Authors.Query(), line, prom.ManyCol(&line.Posts, AuthorLiked)); use(p.Page(ctx, 1, 2, prom.WithoutTotal()))`,
	`use(prom.Without(Posts.With(PostAuthor), PostTitle, PostSub).All(ctx))`,
}

// badPrograms are statements that must not compile, each with a part of what the compiler says.
var badPrograms = []struct{ statement, says string }{
	// The type of the value.
	{`PostViews.Gt("3")`, `cannot use "3"`},
	{`prom.Round(PostTitle, 1)`, `does not satisfy`},
	{`prom.Greatest(PostViews, PostTitle)`, `does not match`},
	{`prom.Contains(PostTitle, PostViews)`, `does not`},
	{`prom.PlusDuration(PostAt, PostAt)`, `does not`},
	{`prom.Trunc(PostAt, "day")`, `cannot use "day"`},
	{`prom.PlusDays(PostAt, prom.Val(post, 1.5))`, `does not satisfy`},
	{`PostViews.Eq(1.5)`, `cannot use 1.5`},
	{`PostViews.Eq(nil)`, `cannot use nil`},
	{`PostViews.Gt(nil)`, `cannot use nil`},
	{`PostViews.In(1, "2")`, `cannot use "2"`},
	{`PostViews.In([]int{1})`, `cannot use []int{…}`},
	{`PostViews.Between(1, "9")`, `cannot use "9"`},
	{`PostTitle.Eq(3)`, `cannot use 3`},
	{`PostTitle.Contains('x')`, `cannot use 'x'`},
	{`PostAt.Gt("2024-01-01")`, `cannot use "2024-01-01"`},
	{`prom.Year(PostAt).Eq("2024")`, `cannot use "2024"`},
	{`prom.Year(PostAt).In(time.Now())`, `cannot use time.Now()`},
	{`PostKey.Eq("00000000-0000-0000-0000-000000000000")`, `cannot use "0000`},
	{`PostLive.Eq(1)`, `cannot use 1`},
	{`PostAuthor.Eq("ada")`, `cannot use "ada"`},
	{`PostAuthor.Eq(Author{})`, `cannot use Author{}`},
	{`PostViews.Set("3")`, `cannot use "3"`},
	{`PostViews.Add("3")`, `cannot use "3"`},
	{`AuthorTags.Set("a")`, `cannot use "a"`},
	{`AuthorBorn.Set(nil)`, `cannot use nil`},
	{`var n int64 = 3; PostViews.Eq(n)`, `cannot use n`},

	// What a family of fields does not have.
	{`PostViews.Contains("x")`, `PostViews.Contains undefined`},
	{`PostViews.Like("x")`, `PostViews.Like undefined`},
	{`PostViews.Year()`, `PostViews.Year undefined`},
	{`PostTitle.Add("x")`, `PostTitle.Add undefined`},
	{`PostAt.Add(1)`, `PostAt.Add undefined`},
	{`PostAt.Contains("x")`, `PostAt.Contains undefined`},
	{`PostLive.Gt(true)`, `PostLive.Gt undefined`},
	{`PostLive.Asc()`, `PostLive.Asc undefined`},
	{`PostAuthor.Gt(3)`, `PostAuthor.Gt undefined`},
	{`PostAuthor.Add(3)`, `PostAuthor.Add undefined`},
	{`PostKey.Contains("x")`, `PostKey.Contains undefined`},
	{`AuthorTags.Eq([]string{"a"})`, `AuthorTags.Eq undefined`},
	{`AuthorTags.In([]string{"a"})`, `AuthorTags.In undefined`},
	{`AuthorTags.Asc()`, `AuthorTags.Asc undefined`},
	{`PostViews.IsNull()`, `PostViews.IsNull undefined`},
	{`PostViews.SetNull()`, `PostViews.SetNull undefined`},
	{`PostTitle.SetNull()`, `PostTitle.SetNull undefined`},
	{`PostAuthor.SetNull()`, `PostAuthor.SetNull undefined`},
	{`AuthorTags.SetNull()`, `AuthorTags.SetNull undefined`},
	{`prom.Year(PostAt).Set(3)`, `prom.Year(PostAt).Set undefined`},

	// Fields of another model.
	{`Posts.Where(AuthorName.Eq("x"))`, `cannot use AuthorName.Eq("x")`},
	{`Posts.Where(PostViews.Eq(1), AuthorBorn.IsNull())`, `cannot use AuthorBorn.IsNull()`},
	{`Posts.Query().Where(AuthorName.Eq("x"))`, `cannot use AuthorName.Eq("x")`},
	{`Posts.OrderBy(AuthorName.Asc())`, `cannot use AuthorName.Asc()`},
	{`Posts.Where(PostViews.Eq(1)).Update(ctx, AuthorName.Set("x"))`, `cannot use AuthorName.Set("x")`},
	{`Posts.Where(prom.Raw(author, "1 = 1"))`, `cannot use prom.Raw`},
	{`Posts.Where(prom.And(AuthorName.Eq("x")))`, `cannot use prom.And(`},
	{`Posts.Where(prom.Not(AuthorName.Eq("x")))`, `cannot use prom.Not(`},
	{`prom.And(PostViews.Eq(1), AuthorName.Eq("x"))`, `does not match inferred type`},
	{`prom.Or(PostViews.Eq(1), AuthorName.Eq("x"))`, `does not match inferred type`},
	{`Posts.Create(ctx, &Author{})`, `cannot use &Author{}`},
	{`Posts.Save(ctx, new(Author))`, `cannot use new(Author)`},
	{`Posts.CreateMany(ctx, []Author{{}})`, `cannot use []Author`},
	{`var c prom.Cond[*Post] = AuthorName.Eq("x"); use(c)`, `cannot use AuthorName.Eq("x")`},
	{`use(prom.Cond[*Post](AuthorName.Eq("x")))`, `cannot convert`},
	{`use(prom.Order[*Post](AuthorName.Asc()))`, `cannot convert`},
	{`use(prom.Assign[*Post](AuthorName.Set("x")))`, `cannot convert`},
	{`use((*prom.TextField[*Post, string])(AuthorName))`, `cannot convert`},
	{`use((*prom.JSONField[*Post, []string])(AuthorTags))`, `cannot convert`},
	{`use(prom.Expr[*Author, int](prom.Year(PostAt)))`, `cannot convert`},

	// Relations of another model.
	{`Posts.With(AuthorPosts)`, `cannot use AuthorPosts`},
	{`Posts.Where(PostViews.Gt(1)).With(AuthorPosts)`, `cannot use AuthorPosts`},
	{`Authors.With(PostAuthor)`, `cannot use PostAuthor`},
	{`Posts.With(CoinPost)`, `cannot use CoinPost`},
	{`Posts.With(PostAuthor.With(PostEditor))`, `cannot use PostEditor`},
	{`Posts.With(PostEditor.With(PostAuthor))`, `cannot use PostAuthor`},
	{`Authors.With(AuthorPosts.With(AuthorEdited))`, `cannot use AuthorEdited`},
	{`Authors.With(AuthorPosts.Where(AuthorName.Eq("x")))`, `cannot use AuthorName.Eq("x")`},
	{`Authors.With(AuthorPosts.OrderBy(AuthorName.Asc()))`, `cannot use AuthorName.Asc()`},
	{`Authors.With(AuthorPosts.OrderBy(PostAt.Desc()).Limit("3"))`, `cannot use "3"`},
	{`Posts.With(PostAuthor).LoadInto(ctx, &Author{})`, `cannot use &Author{}`},
	{`prom.LoadIntoAll(ctx, Posts.With(PostAuthor), []Author{})`, `does not match inferred type []Post`},
	{`use(prom.Relation[*Post](AuthorPosts))`, `cannot convert`},
	{`Posts.With(PostAuthor.Compute(prom.Col(&line.Title, PostTitle)))`, `cannot use prom.Col`},
	{`prom.Select(Posts.Query(), line, prom.RefCol(&line.Posts, PostAuthor))`, `does not match`},
	{`prom.Select(Posts.Query(), line, prom.RefCol(&line.Author, AuthorPosts))`, `does not match`},
	{`prom.Select(Posts.Query(), line, prom.RefCol(&line.Author, CoinPost))`, `does not match`},
	{`prom.Select(Authors.Query(), line, prom.ManyCol(&line.Posts, AuthorEdited), prom.RefCol(&line.Author, PostAuthor))`,
		`does not match`},
	{`prom.Select(Authors.Query(), line, prom.ManyCol(&line.Title, AuthorPosts))`, `does not match`},
	{`use((*prom.ManyField[*Author, *Coin])(AuthorPosts))`, `cannot convert`},
	{`use((*prom.Repo[Author])(Posts))`, `cannot convert`},
	{`use((*prom.Query[Author])(Posts.Query()))`, `cannot convert`},
	{`use((*prom.Conflict[Author])(Posts.OnConflict()))`, `cannot convert`},
	{`var b prom.Batch; use((*prom.BatchOf[Author])(prom.Queue(&b, Posts)))`, `cannot convert`},
	{`use(prom.RawRows[Author](prom.RawQuery[Post](Posts, "SELECT 1")))`, `cannot convert`},
	{`use((*prom.Filter[Author])(prom.NewFilter(Posts)))`, `cannot convert`},
	{`use((*prom.TextField[*Author, string])(PostTitle))`, `cannot convert`},
	{`use((*prom.RefField[*Coin, *Author, int64])(PostAuthor))`, `cannot convert`},

	{`prom.ManyToManyOf(author, &author.Posts)`, `does not match`},
	{`Authors.With(AuthorLiked.Where(AuthorName.Eq("x")))`, `cannot use AuthorName.Eq("x")`},
	{`Authors.With(AuthorLiked.WhereThrough(PostViews.Eq(1)))`, `cannot use PostViews.Eq(1)`},
	{`Authors.With(AuthorLiked.OrderByThrough(PostViews.Asc()))`, `cannot use PostViews.Asc()`},
	{`Posts.Where(AuthorPosts.Has())`, `cannot use AuthorPosts.Has()`},
	{`Authors.Where(AuthorPosts.Has(AuthorName.Eq("x")))`, `cannot use AuthorName.Eq("x")`},
	{`Authors.Where(AuthorPosts.Count())`, `cannot use AuthorPosts.Count()`},
	{`Authors.Where(AuthorPosts.Count().Eq("3"))`, `cannot use "3"`},
	{`use(prom.AggregateOf(AuthorPosts, prom.Max(AuthorName)))`, `does not match`},
	{`Authors.Where(AuthorLiked.Has(LikeStars.Eq(1)))`, `cannot use LikeStars.Eq(1)`},
	{`Posts.With(AuthorLiked)`, `cannot use AuthorLiked`},
	{`use((*prom.ManyToManyField[*Author, *Post, *Coin])(AuthorLiked))`, `cannot convert`},

	// References between keys of different types, or to another model.
	{`var p Post; p.Author.Set(&p)`, `cannot use &p`},
	{`var p Post; p.Author = prom.RefTo(&p)`, `cannot use prom.RefTo(&p)`},
	{`var p Post; p.Author = prom.RefByTo[string](&Author{})`, `cannot use prom.RefByTo`},
	{`var p Post; var c Coin; c.Post = p.Author`, `cannot use p.Author`},
	{`var p Post; p.Editor = prom.RefTo(&Author{})`, `cannot use prom.RefTo`},
	{`use(prom.RefOf(coin, &coin.Post).Has(AuthorName.Eq("x")))`, `cannot use AuthorName.Eq("x")`},
	{`use(prom.ManyOf(author, &author.Posts).Has(LikeStars.Eq(1)))`, `cannot use LikeStars.Eq(1)`},
	{`prom.ManyOf(post, &post.Author)`, `does not match`},
	{`var a Author; a.Posts.Set([]Author{})`, `cannot use []Author{}`},

	// What is about two rows, outside of what links them, and what is about others inside.
	{`Posts.Where(prom.Gt(prom.Inner(both, PostViews), prom.Outer(both, PostViews)))`, `cannot use prom.Gt(`},
	{`Posts.Where(prom.Match(PostViews, PostViews))`, `cannot use prom.Match(`},
	{`Posts.OrderBy(prom.Inner(both, PostViews).Asc())`, `cannot use prom.Inner(`},
	{`prom.Gt(prom.Inner(both, PostViews), PostViews)`, `does not match`},
	{`prom.Inner(both, AuthorName)`, `does not match`},
	{`prom.Exists(author, Posts.Query(), prom.Match(PostViews, PostViews))`, `does not match`},
	{`prom.Exists(post, Posts.Query(), prom.Gt(prom.Inner(prom.Correlate(post, author), PostViews), prom.Val(prom.Correlate(post, author), 1)))`, `does not match`},
	{`prom.Row2(PostViews, PostTitle).In(prom.Pair[string, int]{})`, `cannot use prom.Pair`},
	{`prom.Row2(PostViews, PostTitle).InQuery(prom.Pluck2(Posts.Query(), PostTitle, PostViews))`,
		`cannot use prom.Pluck2`},
	{`prom.LimitBy(Posts.Query(), 1, AuthorName)`, `does not match`},
	{`prom.LockOf(Posts.Query(), AuthorName)`, `does not match`},
	{`prom.TreeDepth(PostAuthor)`, `does not match`},
	{`use(prom.AggregateThrough(AuthorLiked, prom.Sum(PostViews)))`, `does not match`},

	// Things of the wrong sort.
	{`Posts.With(PostViews)`, `cannot use PostViews`},
	{`Posts.With("author")`, `cannot use "author"`},
	{`Posts.With(struct{}{})`, `cannot use struct{}{}`},
	{`PostAuthor.Limit(3)`, `PostAuthor.Limit undefined`},
	{`Posts.Where("views > 3")`, `cannot use "views > 3"`},
	{`Posts.OrderBy("views")`, `cannot use "views"`},
	{`Posts.OrderBy(PostViews)`, `cannot use PostViews`},
	{`Posts.Where(PostViews)`, `cannot use PostViews`},
	{`Posts.Where(PostViews.Asc())`, `cannot use PostViews.Asc()`},
	{`Posts.Where(PostViews.Set(1))`, `cannot use PostViews.Set(1)`},
	{`Posts.WithoutWhere().Update(ctx, PostViews.Eq(1))`, `cannot use PostViews.Eq(1)`},
	{`Posts.Where(struct{}{})`, `cannot use struct{}{}`},

	// Accessors and constructors.
	{`prom.NumberOf(post, &post.Title)`, `string does not satisfy`},
	{`prom.TextOf(post, &post.Views)`, `(type int) does not satisfy`},
	{`prom.TimeOf(post, &post.Views)`, `cannot use &post.Views`},
	{`prom.NumberOf(post, post.Views)`, `does not match`},
	{`prom.NumberOf(post, &post.Tiitle)`, `no field or method Tiitle`},
	{`prom.NumberOf(author, &author.Born)`, `does not satisfy`},
	{`prom.NullNumberOf(post, &post.Views)`, `does not match`},
	{`prom.NullNumberOf(author, &author.Died)`, `does not match`},
	{`prom.RefOf(post, &post.ID)`, `does not match`},
	{`prom.RefOf(post, &post.Editor)`, `does not match`},
	{`use(prom.RefTo[Author]("ada"))`, `cannot use "ada"`},
	{`var p Post; p.Author = prom.NewRef[Post](1)`, `cannot use prom.NewRef`},
	{`var p Post; p.Author = prom.NewRefBy[Author]("ada")`, `cannot use prom.NewRefBy`},
}

// Ensure that the compiler refuses mistakes in queries: wrong types of values, conditions that a field has not, and
// fields, orders and assignments of another model; and that it takes the right programs, which shows that it is the
// mistakes that it refuses. parity: Q3
func TestCompile(t *testing.T) {
	t.Parallel()
	check := compiler(t)
	for _, statement := range goodPrograms {
		t.Run(statement, func(t *testing.T) {
			is := is.New(t)
			is.NoErr(errors.Join(check(statement)...))
		})
	}
	for _, bad := range badPrograms {
		t.Run(bad.statement, func(t *testing.T) {
			errs := check(bad.statement)
			switch {
			case len(errs) == 0:
				t.Fatal("it compiles")
			case !strings.Contains(errs[0].Error(), bad.says):
				t.Fatalf("the compiler says %q, not %q", errs[0], bad.says)
			}
		})
	}
}

// compiler returns a function that type-checks the program around a statement and returns what is wrong with it.
// Packages come from what the go tool has compiled, the library's own included.
func compiler(t *testing.T) func(statement string) []error {
	t.Helper()
	fset := token.NewFileSet()
	imports := exported(t, fset, module)
	return func(statement string) (errs []error) {
		file, err := parser.ParseFile(fset, "blog.go", fmt.Sprintf(program, statement), 0)
		if err != nil {
			return []error{err}
		}
		config := types.Config{Importer: imports, Error: func(err error) {
			// An expression as a statement is an error too, and not the one that is looked for.
			if !strings.Contains(err.Error(), "is not used") {
				errs = append(errs, err)
			}
		}}
		_, _ = config.Check("blog", fset, []*ast.File{file}, nil) // its error is the first of errs
		return errs
	}
}

// exported returns the importer of packages and of what they import, from what the compiler has made of them.
func exported(t *testing.T, fset *token.FileSet, paths ...string) types.Importer {
	t.Helper()
	list := exec.Command("go", append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}"},
		paths...)...)
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	exports := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), "=")
		exports[path] = file
	}
	return importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
}
