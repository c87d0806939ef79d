// The scenes that pictures are made of. Each draws the whole of a painting; the palette gives it
// its mood, the painting's seed its shape. Private to this folder.
#pragma once

#include <array>

#include "library/painting.h"

namespace understudy::library {

using Palette = std::array<Colour, 5>;
using Scene = void (*)(Painting&, const Palette&);

// picture_abstract.cpp
void draw_gradient(Painting& painting, const Palette& palette);
void draw_bokeh(Painting& painting, const Palette& palette);
void draw_waves(Painting& painting, const Palette& palette);
void draw_low_poly(Painting& painting, const Palette& palette);
void draw_paper_cut(Painting& painting, const Palette& palette);
void draw_hexagons(Painting& painting, const Palette& palette);
void draw_network(Painting& painting, const Palette& palette);
void draw_diagonals(Painting& painting, const Palette& palette);
void draw_blobs(Painting& painting, const Palette& palette);
void draw_studio(Painting& painting, const Palette& palette);
void draw_stage(Painting& painting, const Palette& palette);
void draw_curtain(Painting& painting, const Palette& palette);
void draw_wood(Painting& painting, const Palette& palette);
void draw_bricks(Painting& painting, const Palette& palette);
void draw_plaster(Painting& painting, const Palette& palette);
void draw_linen(Painting& painting, const Palette& palette);

// picture_nature.cpp
void draw_day_sky(Painting& painting, const Palette& palette);
void draw_storm_sky(Painting& painting, const Palette& palette);
void draw_sea_sunset(Painting& painting, const Palette& palette);
void draw_mountains(Painting& painting, const Palette& palette);
void draw_starry_sky(Painting& painting, const Palette& palette);
void draw_aurora(Painting& painting, const Palette& palette);
void draw_dunes(Painting& painting, const Palette& palette);
void draw_meadow(Painting& painting, const Palette& palette);
void draw_beach(Painting& painting, const Palette& palette);
void draw_forest(Painting& painting, const Palette& palette);
void draw_underwater(Painting& painting, const Palette& palette);
void draw_rainy_window(Painting& painting, const Palette& palette);

// picture_places.cpp
void draw_city_day(Painting& painting, const Palette& palette);
void draw_city_night(Painting& painting, const Palette& palette);
void draw_office(Painting& painting, const Palette& palette);
void draw_office_night(Painting& painting, const Palette& palette);
void draw_bookshelf(Painting& painting, const Palette& palette);
void draw_living_room(Painting& painting, const Palette& palette);
void draw_chalkboard(Painting& painting, const Palette& palette);
void draw_news_studio(Painting& painting, const Palette& palette);

}  // namespace understudy::library
