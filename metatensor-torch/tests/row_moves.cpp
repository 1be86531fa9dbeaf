#include <random>

#include <torch/script.h>

#include "check.hpp"
#include "row_moves.hpp"

using metatensor_torch::details::RowMove;
using metatensor_torch::details::RowMoves;
using metatensor_torch::details::RowRange;

static torch::Tensor send(const torch::Tensor& host) {
    return host;
}

static void run(std::vector<RowMove> moves) {
    auto together = RowMoves();
    for (auto& move : moves) {
        together.add(std::move(move));
    }
    together.prepare(send);
    together.run();
}

/// What the movements do, one element after the other
static void expect(torch::Tensor& target, const RowMove& move) {
    const auto row = [](const RowRange& rows, int64_t i) {
        return rows.positions.defined() ? rows.positions[i].item<int64_t>() : rows.start + i;
    };
    for (int64_t i = 0; i < move.rows_in.count; i++) {
        for (int64_t p = 0; p < move.properties; p++) {
            target[row(move.rows_out, i)]
                .select(-1, move.first_property_out + p)
                .copy_(
                    move.source[row(move.rows_in, i)].select(-1, move.first_property_in + p));
        }
    }
}

/// Movements of ten small tensors to each of two others
static std::vector<RowMove> example(const std::vector<torch::Tensor>& targets,
                                    const std::vector<int64_t>& components) {
    auto generator = std::mt19937(0);
    auto moves = std::vector<RowMove>();
    for (const auto& target : targets) {
        for (int64_t i = 0; i < 10; i++) {
            auto shape = std::vector<int64_t>{4};
            shape.insert(shape.end(), components.begin(), components.end());
            shape.push_back(3);
            auto move = RowMove();
            move.source = torch::rand(shape, target.options());
            move.target = target;
            move.rows_in = {int64_t(generator() % 2), 3, {}};
            move.rows_out = {4 * i, 3, {}};
            if (i % 3 == 1) {
                move.rows_out.positions = torch::tensor({4 * i + 3, 4 * i, 4 * i + 1});
            }
            if (i % 5 == 4) {
                move.rows_in.positions = torch::tensor({3, 0, 1});
            }
            move.first_property_in = i % 2;
            move.properties = 2;
            move.first_property_out = int64_t(generator() % 6);
            moves.push_back(move);
        }
    }
    return moves;
}

static void same_as_one_by_one() {
    for (const auto& components : std::vector<std::vector<int64_t>>{{}, {3}, {2, 3}}) {
        auto shape = std::vector<int64_t>{40};
        shape.insert(shape.end(), components.begin(), components.end());
        shape.push_back(8);
        auto targets = std::vector<torch::Tensor>();
        auto expected = std::vector<torch::Tensor>();
        for (int i = 0; i < 2; i++) {
            targets.push_back(torch::zeros(shape, torch::kFloat64));
            expected.push_back(torch::zeros(shape, torch::kFloat64));
        }
        const auto moves = example(targets, components);
        for (size_t i = 0; i < moves.size(); i++) {
            expect(expected[i / 10], moves[i]);
        }
        run(moves);
        CHECK(torch::equal(targets[0], expected[0]));
        CHECK(torch::equal(targets[1], expected[1]));
        CHECK(targets[0].abs().sum().item<double>() > 0);
    }
}

static void empty_and_strided() {
    auto target = torch::zeros({3, 0, 2});
    auto strided = torch::zeros({2, 3}).t();
    auto moves = std::vector<RowMove>();
    for (int64_t i = 0; i < 3; i++) {
        moves.push_back({torch::ones({1, 0, 2}), target, {0, 1, {}}, {i, 1, {}}, 0, 0, 2});
        moves.push_back({torch::ones({1, 2}), strided, {0, 1, {}}, {i, 1, {}}, 0, 0, 2});
    }
    run(moves);
    CHECK(torch::equal(strided, torch::ones({3, 2})));
}

static void derivatives() {
    auto target = torch::zeros({4, 2}, torch::kFloat64);
    auto source = torch::rand({1, 2}, torch::kFloat64).requires_grad_(true);
    auto moves = std::vector<RowMove>();
    for (int64_t i = 0; i < 4; i++) {
        moves.push_back({source * double(i), target, {0, 1, {}}, {i, 1, {}}, 0, 0, 2});
    }
    run(moves);
    target.sum().backward();
    CHECK(torch::equal(source.grad(), torch::full({1, 2}, 6.0, torch::kFloat64)));
}

int main() {
    return check::run({
        TEST(same_as_one_by_one),
        TEST(empty_and_strided),
        TEST(derivatives),
    });
}
