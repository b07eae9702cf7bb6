using ChatStream.Web.Providers.Wire;

namespace ChatStream.Web.Providers.Deployments;

/// <summary>One request, which is written again without what its service refuses. For one caller at a time.</summary>
/// <param name="known">The form in which it is written first.</param>
/// <param name="write">Writes it in a form.</param>
internal sealed class CorrectedRequest(RequestForm known, Func<RequestForm, BinaryData> write)
{
    /// <summary>How often one request is sent again without what was refused: a service names one member at a time.</summary>
    private const int MostCorrections = 4;

    private RequestForm _known = known;
    private int _corrections;

    public RequestForm Form { get; private set; } = known;

    public BinaryData Body { get; private set; } = write(known);

    /// <summary>Writes it again without what an error refuses.</summary>
    /// <param name="error">The service's.</param>
    /// <param name="status">The error's status; null: it has none.</param>
    /// <returns>False if the error refuses nothing that can be changed, or the request was corrected often enough.</returns>
    public bool IsCorrectedBy(ServiceError error, int? status)
    {
        if (_corrections == MostCorrections || !IsAboutTheRequest(status) || Form.CorrectedBy(error) is not { } form)
            return false;
        var body = write(form);
        if (body.ToMemory().Span.SequenceEqual(Body.ToMemory().Span))
            return false;
        (Form, Body) = (form, body);
        _corrections++;
        return true;
    }

    /// <summary>What was corrected since the last call, for the log; null: nothing.</summary>
    public string? TakeCorrection()
    {
        if (ReferenceEquals(Form, _known))
            return null;
        var change = Form.ChangeSince(_known);
        _known = Form;
        return change;
    }

    // Whether a refusal with this status may name what the request should not have. Most services say 400, 404 or 422.
    private static bool IsAboutTheRequest(int? status) =>
        status is null or 501 or (>= 400 and < 500 and not (401 or 402 or 403 or 408 or 429));
}
