using ChatStream.Web.Contract;
using ChatStream.Web.Providers;
using ChatStream.Web.Providers.Wire;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers;

/// <summary>The categories of the content filter reach the failure as data, each once, and its message as text.</summary>
internal sealed class ModelFailuresTests
{
    [Test]
    public void A_filtered_prompt_has_its_categories() => Check(
        ModelFailures.PromptFiltered([new("hate"), new("self_harm")]).ToFailure(),
        "The prompt was stopped by the content filter: hate, self_harm.", "hate", "self_harm");

    [Test]
    public void A_filtered_answer_has_its_categories() => Check(
        ModelFailures.OfVerdict(ModelFailures.AnswerFiltered([new("hate"), new("self_harm")])),
        "The answer was stopped by the content filter: hate, self_harm.", "hate", "self_harm");

    [Test]
    public void A_category_that_is_found_twice_counts_once()
    {
        Check(
            ModelFailures.PromptFiltered([new("hate"), new("violence"), new("hate")]).ToFailure(),
            "The prompt was stopped by the content filter: hate, violence.", "hate", "violence");
        Check(
            ModelFailures.OfVerdict(ModelFailures.AnswerFiltered([new("hate"), new("hate")])),
            "The answer was stopped by the content filter: hate.", "hate");
    }

    [Test]
    public void Without_categories_the_failure_has_none([Values] bool isEmpty)
    {
        FilteredCategory[]? none = isEmpty ? [] : null;

        Check(ModelFailures.PromptFiltered(none).ToFailure(), "The prompt was stopped by the content filter.");
        Check(ModelFailures.OfVerdict(ModelFailures.AnswerFiltered(none)), "The answer was stopped by the content filter.");
    }

    [Test]
    public void A_filtered_answer_without_a_verdict_has_no_categories() =>
        Check(ModelFailures.OfVerdict(verdict: null), "The answer was stopped by the content filter.");

    [Test]
    public void A_verdict_of_another_client_has_no_categories() =>
        Check(ModelFailures.OfVerdict(new ErrorContent("Filtered.")), "The answer was stopped by the content filter.");

    [Test]
    public void Rated_categories_have_their_severity()
    {
        var failure = ModelFailures.PromptFiltered([new("hate", "medium"), new("jailbreak")]).ToFailure();

        Check(failure, "The prompt was stopped by the content filter: hate (medium), jailbreak.", "hate", "jailbreak");
        Assert.That(failure.Severities, Is.EqualTo(new Dictionary<string, string> { ["hate"] = "medium" }));
    }

    [Test]
    public void The_failure_says_what_was_filtered_and_whether_its_text_is_withdrawn()
    {
        var prompt = ModelFailures.PromptFiltered(null).ToFailure();
        var answer = ModelFailures.OfVerdict(ModelFailures.AnswerFiltered(null));
        var withdrawn = ModelFailures.OfVerdict(ModelFailures.AnswerFiltered(null, isLate: true));

        Assert.That((prompt.Of, prompt.Withdrawn), Is.EqualTo((FilteredPart.Prompt, default(bool?))));
        Assert.That((answer.Of, answer.Withdrawn), Is.EqualTo((FilteredPart.Answer, default(bool?))));
        Assert.That((withdrawn.Of, withdrawn.Withdrawn), Is.EqualTo((FilteredPart.Answer, (bool?)true)));
    }

    private static void Check(FailurePayload failure, string message, params string[] categories)
    {
        Assert.That((failure.Code, failure.Message), Is.EqualTo((FailureCode.ContentFilter, message)));
        Assert.That(failure.RetryAfter, Is.Null);
        Assert.That(failure.Categories, categories.Length > 0 ? Is.EqualTo(categories) : Is.Null);
    }
}
