package api

import (
	"encoding/json"
	"time"

	"github.com/prom-go/prom"
)

// User writes articles. In JSON it is the profile that others see.
type User struct {
	prom.Model `json:"-"`
	Profile
	Email     string            `prom:"nonempty,nocase,unique" json:"-"`
	Password  []byte            `prom:"nonempty,private" json:"-"` // salt and key, see protect
	Followers prom.Many[Follow] `prom:"via=followee_id" json:"-"`
	Following bool              `prom:"computed" json:"following"` // whether the viewer follows the user
}

// Profile is what users tell about themselves.
type Profile struct {
	Username string  `prom:"nonempty,max=64,unique" json:"username"`
	Bio      *string `json:"bio"`
	Image    *string `json:"image"`
}

// Follow connects a user with one who follows.
type Follow struct {
	Followee prom.Ref[User] `prom:"followee_id,key"`
	Follower prom.Ref[User] `prom:"follower_id,key,index"`
}

// Article is by one user, and a favorite of any number. Its computed fields depend on the viewer, who sent the request.
type Article struct {
	prom.Model `json:"-"`
	Author     prom.Ref[User] `prom:"author_id,index" json:"author"`
	Draft
	Slug           string                           `prom:"nonempty,unique" json:"slug"`
	Tags           prom.ManyToMany[Tag, ArticleTag] `json:"tagList"`
	Favorites      prom.Many[Favorite]              `json:"-"`
	FavoritesCount int64                            `prom:"computed" json:"favoritesCount"`
	Favorited      bool                             `prom:"computed" json:"favorited"`
}

// Draft is the part of an article that clients send.
type Draft struct {
	Title       string `prom:"nonempty" json:"title"`
	Description string `prom:"nonempty" json:"description"`
	Body        string `prom:"nonempty" json:"body,omitempty"` // lists leave it out
}

// MarshalJSON adds the times under the names of the API.
func (a *Article) MarshalJSON() ([]byte, error) {
	type plain Article
	return json.Marshal(struct {
		*plain
		CreatedAt time.Time `json:"createdAt"`
		UpdatedAt time.Time `json:"updatedAt"`
	}{(*plain)(a), a.Created, a.Updated})
}

// Tag has its name as its key.
type Tag struct {
	Name string `prom:"key"`
}

// MarshalText makes JSON of tags a list of names.
func (t Tag) MarshalText() ([]byte, error) { return []byte(t.Name), nil }

// ArticleTag connects an article with a tag.
type ArticleTag struct {
	Article prom.Ref[Article]       `prom:"article_id,key"`
	Tag     prom.RefBy[Tag, string] `prom:"key,index"`
}

// Favorite connects an article with a user who likes it.
type Favorite struct {
	Article prom.Ref[Article] `prom:"article_id,key"`
	User    prom.Ref[User]    `prom:"user_id,key,index"`
}

// Comment is about an article. Nobody changes it, so it does without prom.Model and its change tracking: its key and
// its times have the names of the API.
type Comment struct {
	ID        int64             `prom:"key,auto" json:"id"`
	Author    prom.Ref[User]    `prom:"author_id,index" json:"author"`
	Article   prom.Ref[Article] `prom:"article_id,index" json:"-"`
	Body      string            `prom:"nonempty" json:"body"`
	CreatedAt time.Time         `prom:"created" json:"createdAt"`
	UpdatedAt time.Time         `prom:"updated" json:"updatedAt"`
}

// The handles of the fields and relations that queries use.
var (
	user       = prom.Proto[User]()
	follow     = prom.Proto[Follow]()
	article    = prom.Proto[Article]()
	tag        = prom.Proto[Tag]()
	articleTag = prom.Proto[ArticleTag]()
	favorite   = prom.Proto[Favorite]()
	comment    = prom.Proto[Comment]()

	userName       = prom.TextOf(user, &user.Username)
	userEmail      = prom.TextOf(user, &user.Email)
	userFollowers  = prom.ManyOf(user, &user.Followers)
	followFollowee = prom.RefOf(follow, &follow.Followee)
	followFollower = prom.RefOf(follow, &follow.Follower)

	articleID         = prom.NumberOf(article, &article.ID)
	articleSlug       = prom.TextOf(article, &article.Slug)
	articleBody       = prom.TextOf(article, &article.Body)
	articleAuthor     = prom.RefOf(article, &article.Author)
	articleTags       = prom.ManyToManyOf(article, &article.Tags)
	articleFavorites  = prom.ManyOf(article, &article.Favorites)
	tagName           = prom.TextOf(tag, &tag.Name)
	articleTagArticle = prom.RefOf(articleTag, &articleTag.Article)
	favoriteArticle   = prom.RefOf(favorite, &favorite.Article)
	favoriteUser      = prom.RefOf(favorite, &favorite.User)

	commentID      = prom.NumberOf(comment, &comment.ID)
	commentArticle = prom.RefOf(comment, &comment.Article)
	commentAuthor  = prom.RefOf(comment, &comment.Author)
)

// followedBy is true for the users whom the viewer follows.
func followedBy(viewer int64) prom.Cond[*User] {
	return userFollowers.Has(followFollower.Eq(viewer))
}

// following tells of users whether the viewer follows them.
func following(viewer int64) prom.Column[*User] {
	return prom.Col(&user.Following, followedBy(viewer))
}
