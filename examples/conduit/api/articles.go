package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/prom-go/prom"
)

// view returns the articles, latest first, as the API shows them to a viewer. Authors and tags take one statement each;
// the rest is computed in the statements that read what it belongs to.
func (s *Server) view(viewer int64) *prom.Query[Article] {
	return s.articles.OrderBy(articleID.Desc()).
		With(articleAuthor.Compute(following(viewer)), articleTags.OrderBy(tagName.Asc())).
		Compute(
			prom.Col(&article.FavoritesCount, articleFavorites.Count()),
			prom.Col(&article.Favorited, articleFavorites.Has(favoriteUser.Eq(viewer))))
}

// maxPage is the most articles that one list holds.
const maxPage = 100

func (s *Server) listArticles(r *http.Request, viewer int64) (any, error) {
	tag, author, fan := r.FormValue("tag"), r.FormValue("author"), r.FormValue("favorited")
	return page(r, s.view(viewer).Where(
		prom.If(tag != "", articleTags.Has(tagName.Eq(tag))),
		prom.If(author != "", articleAuthor.Has(userName.Eq(author))),
		prom.If(fan != "", articleFavorites.Has(favoriteUser.Has(userName.Eq(fan))))))
}

func (s *Server) feed(r *http.Request, viewer int64) (any, error) {
	return page(r, s.view(viewer).Where(articleAuthor.Has(followedBy(viewer))))
}

// page answers with the articles at the limit and offset of a request, without their bodies, and the number of all.
func page(r *http.Request, q *prom.Query[Article]) (any, error) {
	limit, err := number(r, "limit", 1, 20)
	if err != nil {
		return nil, err
	}
	offset, err := number(r, "offset", 0, 0)
	if err != nil {
		return nil, err
	}
	p, err := prom.Without(q, articleBody).PageAt(r.Context(), min(limit, maxPage), offset)
	return object{"articles": p.Rows, "articlesCount": p.Total}, err
}

func (s *Server) getArticle(r *http.Request, viewer int64) (any, error) {
	a, err := s.view(viewer).Where(articleSlug.Eq(r.PathValue("slug"))).One(r.Context())
	return object{"article": a}, err
}

func (s *Server) createArticle(r *http.Request, viewer int64) (any, error) {
	return s.write(r, viewer, &Article{Author: prom.NewRef[User](viewer)})
}

func (s *Server) updateArticle(r *http.Request, viewer int64) (any, error) {
	a, err := s.own(r, viewer)
	if err != nil {
		return nil, err
	}
	return s.write(r, viewer, a)
}

// write reads the request into an article and saves it, with its tags. Fields that the request lacks keep their values.
func (s *Server) write(r *http.Request, viewer int64, a *Article) (any, error) {
	in := struct {
		Draft
		TagList []string
	}{Draft: a.Draft}
	if err := read(r, "article", &in); err != nil {
		return nil, err
	}
	a.Draft, a.Slug = in.Draft, slug(in.Title)
	err := s.articles.Tx(r.Context(), func(ctx context.Context) error {
		if err := s.articles.Save(ctx, a); err != nil || in.TagList == nil {
			return err
		}
		return s.retag(ctx, a, in.TagList)
	})
	if err != nil {
		return nil, err
	}
	told, err := s.view(viewer).Get(r.Context(), a.ID)
	return object{"article": told}, err
}

// retag replaces the tags of an article. Tags that do not exist yet are created.
func (s *Server) retag(ctx context.Context, a *Article, names []string) error {
	var tags []Tag
	var links []ArticleTag
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		tags = append(tags, Tag{name})
		links = append(links, ArticleTag{prom.RefTo(a), prom.NewRefBy[Tag](name)})
	}
	if _, err := s.tags.OnConflict().DoNothing().CreateMany(ctx, tags); err != nil {
		return err
	}
	if _, err := s.articleTags.Where(articleTagArticle.Eq(a.ID)).Delete(ctx); err != nil {
		return err
	}
	return s.articleTags.CreateMany(ctx, links)
}

func (s *Server) deleteArticle(r *http.Request, viewer int64) (any, error) {
	a, err := s.own(r, viewer)
	if err != nil {
		return nil, err
	}
	return nil, s.articles.Delete(r.Context(), a)
}

// own returns the article of a request when it is the viewer's.
func (s *Server) own(r *http.Request, viewer int64) (*Article, error) {
	a, err := s.bySlug(r)
	if err == nil && a.Author.Key() != viewer {
		err = fault{http.StatusForbidden, "article", "forbidden"}
	}
	return a, err
}

// bySlug returns the article of a request, without relations and computed fields.
func (s *Server) bySlug(r *http.Request) (*Article, error) {
	return s.articles.Where(articleSlug.Eq(r.PathValue("slug"))).One(r.Context())
}

// favorite does nothing when the article is a favorite of the viewer already.
func (s *Server) favorite(r *http.Request, viewer int64) (any, error) {
	a, err := s.bySlug(r)
	if err != nil {
		return nil, err
	}
	f := Favorite{prom.RefTo(a), prom.NewRef[User](viewer)}
	if _, err := s.favorites.OnConflict().DoNothing().Create(r.Context(), &f); err != nil {
		return nil, err
	}
	return s.getArticle(r, viewer)
}

func (s *Server) unfavorite(r *http.Request, viewer int64) (any, error) {
	which := favoriteArticle.Has(articleSlug.Eq(r.PathValue("slug")))
	if _, err := s.favorites.Where(which, favoriteUser.Eq(viewer)).Delete(r.Context()); err != nil {
		return nil, err
	}
	return s.getArticle(r, viewer)
}

func (s *Server) listTags(r *http.Request, _ int64) (any, error) {
	names, err := prom.Pluck(s.tags.OrderBy(tagName.Asc()), tagName).All(r.Context())
	return object{"tags": names}, err
}

// slug returns the words of a title in lower case, with hyphens between them.
func slug(title string) string {
	between := func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }
	return strings.Join(strings.FieldsFunc(strings.ToLower(title), between), "-")
}
