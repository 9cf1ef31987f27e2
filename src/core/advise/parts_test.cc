#include <gtest/gtest.h>

#include <cmath>

#include "core/advise/probability.h"
#include "core/advise/quality.h"
#include "core/advise/small_market_for_tests.h"

namespace rigwise {
namespace {

TEST(Probability, OfReachingAnEndOfTheBandIsTheBandsLevel) {
  const double z = band_width_z(0.8);
  const Band band{100, 80, 130};
  EXPECT_NEAR(z, 1.2816, 1e-4);
  EXPECT_NEAR(probability_at_least(band, z, 100), 0.5, 1e-9);
  EXPECT_NEAR(probability_at_least(band, z, 80), 0.9, 1e-9);
  EXPECT_NEAR(probability_at_least(band, z, 130), 0.1, 1e-9);
  EXPECT_EQ(probability_at_least(band, z, 0), 1);
}

TEST(Probability, IsWorthLittleMoreOnceItIsEnough) {
  EXPECT_DOUBLE_EQ(confidence_worth(0), 0);
  EXPECT_DOUBLE_EQ(confidence_worth(1), 1);
  double last = 0;
  for (double p = 0.05; p < 1.001; p += 0.05) {
    EXPECT_GT(confidence_worth(p), last);
    last = confidence_worth(p);
  }
  EXPECT_GT(confidence_worth(0.8) - confidence_worth(0.6), 4 * (confidence_worth(1) - confidence_worth(0.8)));
}

QualityScore score(const char* model, const char* benchmark, const char* task, double points) {
  QualityScore s;
  s.model_id = model;
  s.model_name = model;
  s.benchmark = benchmark;
  s.task = task;
  s.score = points;
  s.scale_max = 100;
  return s;
}

class Quality : public testing::Test {
 protected:
  Quality() {
    for (const char* id : {"a", "b", "c", "d", "e"}) {
      Llm model = shapes::qwen3_8b();
      model.id = model.name = id;
      catalog.models.push_back(model);
    }
    catalog.index_names();
    for (const Llm& model : catalog.models) models.push_back(&model);
  }
  Catalog catalog;
  std::vector<const Llm*> models;
};

TEST_F(Quality, IsRelativeToTheBestClosedModelOfTheSameTasks) {
  for (const char* id : {"a", "b", "c", "d"}) catalog.scores.push_back(score(id, "tasks", "one", 40));
  catalog.scores.push_back(score("", "tasks", "one", 80));
  catalog.scores.back().model_name = "Cloud";
  const QualityBook book(catalog);
  ASSERT_TRUE(book.of("a"));
  EXPECT_DOUBLE_EQ(book.of("a")->value, 0.5);
  EXPECT_FALSE(book.of("e"));
}

TEST_F(Quality, SaysWhatOneIsAndOnHowMuchItRests) {
  for (const char* id : {"a", "b", "c", "d"}) catalog.scores.push_back(score(id, "tasks", "one", 40));
  catalog.scores.push_back(score("", "tasks", "one", 30));
  catalog.scores.back().model_name = "Cloud";
  for (const char* id : {"a", "b", "c", "d", "e"}) catalog.scores.push_back(score(id, "open", "one", 50));
  catalog.scores.back().score = 60;
  EXPECT_EQ(QualityBook(catalog).scale(),
            "e on open (5 models, 5 scores, no closed model among them); Cloud on tasks (5 models, 5 scores)");
}

TEST_F(Quality, OfAZeroIsAFailedRunAndNotAGrade) {
  for (const char* id : {"a", "b", "c", "d", "e"}) catalog.scores.push_back(score(id, "tasks", "one", 50));
  catalog.scores.push_back(score("a", "tasks", "two", 0));
  EXPECT_DOUBLE_EQ(QualityBook(catalog).of("a")->value, 1.0);
}

TEST_F(Quality, OfFewModelsSaysNothing) {
  for (const char* id : {"a", "b"}) catalog.scores.push_back(score(id, "tasks", "one", 50));
  EXPECT_FALSE(QualityBook(catalog).of("a"));
}

TEST_F(Quality, OfAnUnscoredModelLiesBetweenItsNeighbours) {
  for (const char* id : {"a", "c", "d", "e"}) catalog.scores.push_back(score(id, "tasks", "one", 80));
  catalog.scores.push_back(score("", "tasks", "one", 100));
  catalog.scores.back().model_name = "Cloud";
  catalog.scores[1].score = 60;  // c
  const std::vector<RelativeQuality> q = QualityBook(catalog).of_class(models);
  EXPECT_DOUBLE_EQ(q[0].value, 0.8);
  EXPECT_DOUBLE_EQ(q[1].value, 0.7);
  EXPECT_FALSE(q[1].is_known);
  EXPECT_DOUBLE_EQ(q[2].value, 0.6);
  EXPECT_DOUBLE_EQ(q[3].value, 0.6) << "nobody is rated above a model that the class ranks stronger";
}

TEST(QualityKept, FallsWithTheBitsButNotForNativeFormats) {
  const Llm model = shapes::qwen3_8b();
  EXPECT_GT(quality_kept(shapes::q8_0(), model), quality_kept(shapes::q4_k_m(), model));
  Llm native = shapes::gpt_oss_20b();
  native.native_format = "mxfp4";
  EXPECT_EQ(quality_kept(shapes::mxfp4(), native), 1.0);
}

}  // namespace
}  // namespace rigwise
