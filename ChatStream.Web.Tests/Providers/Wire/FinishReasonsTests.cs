using ChatStream.Web.Providers.Wire;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.Wire;

/// <summary>Words for an end, in whichever way services write them.</summary>
internal sealed class FinishReasonsTests
{
    [TestCase("stop", "stop")]
    [TestCase("Eos_Token", "stop")]
    [TestCase("end-turn", "stop")]
    [TestCase("endTurn", "stop")]
    [TestCase("FINISH_REASON_STOP", "stop")]
    [TestCase("stopSequence", "stop")]
    [TestCase("max-tokens", "length")]
    [TestCase("maxTokens", "length")]
    [TestCase("max_new_tokens", "length")]
    [TestCase("token_limit", "length")]
    [TestCase("time_limit", "length")]
    [TestCase("context_length", "length")]
    [TestCase("TRUNCATED", "length")]
    [TestCase("ERROR_LIMIT", "length")]
    [TestCase("contentFilter", "content_filter")]
    [TestCase("guardrail_intervened", "content_filter")]
    [TestCase("IMAGE_SAFETY", "content_filter")]
    [TestCase("ERROR_TOXIC", "content_filter")]
    [TestCase("refusal", "content_filter")]
    [TestCase("TOOL_CALL", "tool_calls")]
    [TestCase("something_new", "something_new")]
    [TestCase("终止", "终止")]
    public void A_word_has_its_meaning(string word, string reason)
    {
        Assert.That(FinishReasons.Of(word).Value, Is.EqualTo(reason));
        Assert.That((FinishReasons.IsNone(word), FinishReasons.IsFault(word)), Is.EqualTo((false, false)));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase(" \t")]
    [TestCase("null")]
    [TestCase("None")]
    [TestCase("not_finished")]
    [TestCase("FINISH_REASON_UNSPECIFIED")]
    public void A_word_for_nothing_is_none(string? word) => Assert.That(FinishReasons.IsNone(word), Is.True);

    [TestCase("error")]
    [TestCase("ERROR")]
    [TestCase("internal_error")]
    [TestCase("network-error")]
    [TestCase("rateLimit")]
    [TestCase("rate_limit_exceeded")]
    [TestCase("MALFORMED_FUNCTION_CALL")]
    [TestCase("user_cancelled")]
    public void A_word_for_a_fault_is_one(string word) => Assert.That(FinishReasons.IsFault(word), Is.True);
}
